/* What the till says when something does not go as asked: what happened, what is kept, what to do. */
import type { Refusal, TenderType } from '../core/wire';
import { euros } from '../core/money';
import { tell, type Desk } from './desk';

type Params = Record<string, number | string>;

const REFUSALS: Record<string, (params: Record<string, unknown>) => [string, string]> = {
  basket_too_long: () => [
    'Ce ticket a atteint 2\u202f000 lignes.',
    'Tout est gardé : encaissez, puis continuez sur un autre ticket.',
  ],
  amount_too_large: () => ['Ce montant dépasse ce qu’une caisse peut encaisser.', 'Le ticket est resté comme avant.'],
};

export function refusedByEngine(desk: Desk, refusal: Refusal): void {
  const words = REFUSALS[refusal.code]?.(refusal.params);
  desk.sounds.play('refused');
  if (words) tell(desk, 'bad', words[0], words[1]);
  else
    tell(
      desk,
      'bad',
      'Ce geste n’est pas possible sur ce ticket.',
      `Le ticket est resté comme avant (réf. ${refusal.code}).`,
    );
}

const TENDERS: Record<string, (type: TenderType, params: Params, asked: number) => [string, string]> = {
  above_cap: (type, params) => [
    `Plafond ${type.label.toLowerCase()} atteint : ${euros(type.cap_minor ?? 0)} par jour.`,
    Number(params['allowed_minor']) > 0
      ? `${euros(Number(params['allowed_minor']))} sont acceptés.`
      : 'Réglez le reste autrement.',
  ],
  above_eligible: (type, params) =>
    Number(params['allowed_minor']) > 0
      ? [
          `Seuls ${euros(Number(params['allowed_minor']))} sont payables en ${type.label.toLowerCase()}.`,
          'Réglez le reste autrement.',
        ]
      : [
          `Aucun article du ticket n’est payable en ${type.label.toLowerCase()}.`,
          'Le ticket est intact, choisissez un autre moyen.',
        ],
  over_payment: (type, params, asked) => [
    `Rendu impossible sur ${type.label.toLowerCase()} : ${euros(asked)} pour ${euros(Number(params['allowed_minor']))}.`,
    'Rien n’est encore pris.',
  ],
  zero_amount: () => ['Il n’y a rien à prendre.', 'Le ticket est intact.'],
  nothing_due: () => ['Ce ticket est déjà réglé.', 'Il ne reste qu’à valider.'],
  wrong_sign: () => ['Ce montant va dans l’autre sens.', 'Le ticket est intact.'],
  needs_reference: (type) => [`${type.label} : notez la référence.`, 'Rien n’est encore pris.'],
};

export function refusedTender(
  desk: Desk,
  type: TenderType,
  refusal: { code: string; params: Params },
  asked: number,
): void {
  const words = TENDERS[refusal.code]?.(type, refusal.params, asked) ?? [
    'Ce règlement n’est pas accepté.',
    `Le ticket est intact (réf. ${refusal.code}).`,
  ];
  const allowed = Number(refusal.params['allowed_minor'] ?? 0);
  const actions =
    allowed > 0 && refusal.code !== 'over_payment'
      ? [
          {
            label: `Prendre ${euros(allowed)}`,
            command: { c: 'take_amount', code: type.code, amount_minor: allowed } as const,
          },
        ]
      : [];
  tell(desk, 'warn', words[0], words[1], actions);
}

export function storageIsFull(desk: Desk, full: boolean): void {
  desk.sounds.play('refused');
  if (full)
    tell(
      desk,
      'bad',
      'La mémoire de cette caisse est pleine.',
      'Rien n’est encaissé, le ticket reste à l’écran. Libérez de la place sur le disque.',
    );
  else
    tell(
      desk,
      'bad',
      'Cette caisse n’arrive plus à enregistrer.',
      'Rien n’est encaissé, le ticket reste à l’écran. Rechargez la page.',
    );
}

/** What may be done with it stands on its line, for as long as the line waits. */
export function unknownCode(desk: Desk, code: string): void {
  desk.sounds.play('unknown');
  tell(
    desk,
    'warn',
    `Code ${code} inconnu dans vos articles.`,
    'Le reste du ticket est intact, vous pouvez continuer à scanner.',
  );
}

export function partlyRead(desk: Desk): void {
  desk.sounds.play('unknown');
  tell(desk, 'warn', 'Code-barres lu en partie.', 'Rien n’a été ajouté. Scannez à nouveau ou tapez le code.');
}
