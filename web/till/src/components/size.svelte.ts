/* Which of the five layouts is on screen. The style sheet places the regions; this only tells what to draw in them. */
const PHONE = matchMedia('(max-width: 599px)');
const PORTRAIT = matchMedia('(orientation: portrait) and (min-width: 600px) and (max-width: 1199px)');

export const size = $state({ phone: PHONE.matches, portrait: PORTRAIT.matches, wide: innerWidth >= 1600 });

function read(): void {
  size.phone = PHONE.matches;
  size.portrait = PORTRAIT.matches;
  size.wide = innerWidth >= 1600;
}
PHONE.addEventListener('change', read);
PORTRAIT.addEventListener('change', read);
addEventListener('resize', read);
