/* Codes of the technical journal that a till writes: public fragments of the French reference, then our private range. */

export const EVENT = {
  stop: 40,
  close: 50,
  offline: 70,
  start: 80,
  integrity: 90,
  online: 120,
  override: 130,
  drawerOpened: 9010,
  lineDeleted: 9011,
  clockBack: 9020,
  printTrouble: 9030,
  floatNotCounted: 9040,
  recount: 9041,
  forgottenDay: 9042,
  dayContinued: 9043,
  notCounted: 9044,
  registerRevoked: 9050,
  recordKept: 9051,
  trainingIn: 9150,
  trainingOut: 9151,
} as const;
