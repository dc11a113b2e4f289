/* Every gesture of the till, as screens, keys and scanner ask for it. */
import type { SharedBasket, Taken } from './core/parked';
import type { ClosingStep, Minor, Screen, TillView } from './model';

/** Every gesture of the till, whatever it came from: key, touch, mouse, scanner, palette. */
export type Command =
  | { c: 'enrol'; code: string }
  | { c: 'pin'; digit: string }
  | { c: 'pin_back' }
  | { c: 'choose_cashier'; id: string }
  | { c: 'lock' }
  | { c: 'type'; text: string }
  | { c: 'digit'; key: string }
  | { c: 'field_focus' }
  | { c: 'field_set'; text: string }
  | { c: 'backspace' }
  | { c: 'enter' }
  | { c: 'escape' }
  | { c: 'times' }
  | { c: 'percent' }
  | { c: 'scan'; text: string }
  | { c: 'article'; id: string }
  | { c: 'pick'; index: number }
  | { c: 'found_move'; by: 1 | -1 }
  | { c: 'family'; code: string }
  | { c: 'page'; page: number }
  | { c: 'layout'; keys: number } // how many article keys this screen holds
  | { c: 'select_line'; id: string }
  | { c: 'move_line'; by: 1 | -1 }
  | { c: 'more'; by: 1 | -1 }
  | { c: 'remove_line'; id?: string }
  | { c: 'again' }
  | { c: 'quantity' }
  | { c: 'line_price' }
  | { c: 'line_discount' }
  | { c: 'basket_discount' }
  | { c: 'note'; text: string }
  | { c: 'discount_reason'; line: string | null; text: string } // line null: the ticket's own discount
  | { c: 'sell_unknown'; line: string }
  | { c: 'sell_container'; line: string }
  | { c: 'attach_code'; line: string }
  | { c: 'create_article'; line: string }
  | { c: 'create_save'; name: string; price: string; vat_e4: number | null; family: string | null }
  | { c: 'undo' }
  | { c: 'new_basket' }
  | { c: 'basket'; id: string }
  | { c: 'next_basket'; by: 1 | -1 }
  | { c: 'park' }
  | { c: 'recall'; id: string }
  | { c: 'name_parked'; id: string; label: string }
  | { c: 'print_parked'; id: string }
  | { c: 'keep_parked'; id: string }
  | { c: 'parked_news'; told: { id: string; at: string }[]; rows: SharedBasket[]; taken: Taken | null } // the server's word on what waits
  | { c: 'customer' }
  | { c: 'set_customer'; id: string | null }
  | { c: 'tender'; code: string }
  | { c: 'take_amount'; code: string; amount_minor: Minor }
  | { c: 'hand_over'; received_minor: Minor }
  | { c: 'untake'; id: string }
  | { c: 'pay' }
  | { c: 'back_to_sale' }
  | { c: 'validate' }
  | { c: 'send_now' }
  | { c: 'approval_cancel' }
  | { c: 'training' } // into the training mode and out of it
  | { c: 'copy_mail' }
  | { c: 'copy_send'; address: string }
  | { c: 'copy_qr' }
  | { c: 'print_qr' }
  | { c: 'print_last' }
  | { c: 'show_last' }
  | { c: 'drawer'; reason?: string }
  | { c: 'retry_print' }
  | { c: 'dismiss' }
  | { c: 'movement' }
  | { c: 'movement_reason'; code: string }
  | { c: 'movement_label'; text: string }
  | { c: 'movement_vat'; rate_e4: number | null }
  | { c: 'movement_photo'; file: Blob | null }
  | { c: 'x' }
  | { c: 'print_x' }
  | { c: 'tickets' }
  | { c: 'tickets_text'; text: string }
  | { c: 'open_ticket'; chain: string; seq: number }
  | { c: 'no_ticket' } // returns: F8
  | { c: 'return_line'; line: string; by?: 1 | -1 }
  | { c: 'return_all' }
  | { c: 'return_reason'; code: string }
  | { c: 'return_to'; disposition: string }
  | { c: 'return_tender'; code: string }
  | { c: 'exchange' }
  | { c: 'cancel_ticket'; sure?: boolean }
  | { c: 'reprint' }
  | { c: 'see_ticket' }
  | { c: 'correct' }
  | { c: 'correct_taken'; index: number }
  | { c: 'correct_put'; code: string }
  | { c: 'close' }
  | { c: 'closing_step'; step: ClosingStep['id'] }
  | { c: 'count'; row: number; by?: number; set?: number }
  | { c: 'count_select'; row: number }
  | { c: 'tender_count'; tender: string; amount: string }
  | { c: 'explain'; tender: string; text: string }
  | { c: 'recount' }
  | { c: 'float_tomorrow'; amount: string }
  | { c: 'seal' }
  | { c: 'back_to_selling' }
  | { c: 'open_session'; later?: boolean }
  | { c: 'close_uncounted' }
  | { c: 'continue_day' }
  | { c: 'count_clear' }
  | { c: 'same_float' } // opens with the float left at the last closing, coin by coin
  | { c: 'print_z' }
  | { c: 'go'; screen: Screen }
  | { c: 'overlay'; which: TillView['overlay'] }
  | { c: 'palette_type'; text: string }
  | { c: 'setting'; name: keyof TillView['settings']; value: unknown };
