/* Lucide drawings, read at build time and kept as data: elements are created one by one, so no HTML is ever parsed
   (the page forbids it: require-trusted-types-for 'script'). */
import archive from 'lucide-static/icons/archive.svg?raw';
import arrowLeft from 'lucide-static/icons/arrow-left.svg?raw';
import arrowRight from 'lucide-static/icons/arrow-right.svg?raw';
import banknote from 'lucide-static/icons/banknote.svg?raw';
import camera from 'lucide-static/icons/camera.svg?raw';
import check from 'lucide-static/icons/check.svg?raw';
import alert from 'lucide-static/icons/triangle-alert.svg?raw';
import blocked from 'lucide-static/icons/circle-alert.svg?raw';
import clock from 'lucide-static/icons/clock.svg?raw';
import cloudOff from 'lucide-static/icons/cloud-off.svg?raw';
import cloudUp from 'lucide-static/icons/cloud-upload.svg?raw';
import database from 'lucide-static/icons/database.svg?raw';
import pencil from 'lucide-static/icons/pencil.svg?raw';
import drawer from 'lucide-static/icons/inbox.svg?raw';
import ellipsis from 'lucide-static/icons/ellipsis.svg?raw';
import enter from 'lucide-static/icons/corner-down-left.svg?raw';
import erase from 'lucide-static/icons/delete.svg?raw';
import idCard from 'lucide-static/icons/id-card.svg?raw';
import info from 'lucide-static/icons/info.svg?raw';
import key from 'lucide-static/icons/key-round.svg?raw';
import keyboard from 'lucide-static/icons/keyboard.svg?raw';
import left from 'lucide-static/icons/chevron-left.svg?raw';
import lock from 'lucide-static/icons/lock.svg?raw';
import mail from 'lucide-static/icons/mail.svg?raw';
import minus from 'lucide-static/icons/minus.svg?raw';
import plus from 'lucide-static/icons/plus.svg?raw';
import printer from 'lucide-static/icons/printer.svg?raw';
import qr from 'lucide-static/icons/qr-code.svg?raw';
import receipt from 'lucide-static/icons/receipt.svg?raw';
import right from 'lucide-static/icons/chevron-right.svg?raw';
import scan from 'lucide-static/icons/scan-barcode.svg?raw';
import search from 'lucide-static/icons/search.svg?raw';
import trash from 'lucide-static/icons/trash-2.svg?raw';
import undo from 'lucide-static/icons/undo-2.svg?raw';
import user from 'lucide-static/icons/user.svg?raw';
import wallet from 'lucide-static/icons/hand-coins.svg?raw';
import x from 'lucide-static/icons/x.svg?raw';

const RAW = {
  alert,
  archive,
  arrowLeft,
  arrowRight,
  banknote,
  blocked,
  camera,
  check,
  clock,
  cloudOff,
  cloudUp,
  database,
  drawer,
  ellipsis,
  enter,
  erase,
  idCard,
  info,
  key,
  keyboard,
  pencil,
  left,
  lock,
  mail,
  minus,
  plus,
  printer,
  qr,
  receipt,
  right,
  scan,
  search,
  trash,
  undo,
  user,
  wallet,
  x,
};

export type IconName = keyof typeof RAW;
export type Shape = [tag: string, attributes: Record<string, string>];

function shapes(raw: string): Shape[] {
  return [...raw.matchAll(/<(path|circle|rect|line|polyline|polygon|ellipse)\s([^>]*?)\/>/g)].map(([, tag, text]) => [
    tag!,
    Object.fromEntries([...text!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!])),
  ]);
}

export const ICONS = Object.fromEntries(Object.entries(RAW).map(([name, raw]) => [name, shapes(raw)])) as Record<
  IconName,
  Shape[]
>;
