/* Read-only questions put to a drawn screen. Each returns the list of what is wrong: an empty list is a pass. */
window.probes = (() => {
  const visible = (element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return box.width > 1 && box.height > 1 && style.visibility !== 'hidden' && !element.closest('.visually-hidden');
  };
  const name = (element) => `${element.tagName.toLowerCase()}.${[...element.classList].filter((one) => !one.startsWith('s-')).join('.')} « ${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 40)} »`;
  // The part of an element its scrolling or clipping ancestors leave to see.
  const shown = (element) => {
    let { left, top, right, bottom } = element.getBoundingClientRect();
    for (let parent = element.parentElement; parent; parent = parent.parentElement) {
      if (getComputedStyle(parent).overflow === 'visible') continue;
      const box = parent.getBoundingClientRect();
      left = Math.max(left, box.left); top = Math.max(top, box.top); right = Math.min(right, box.right); bottom = Math.min(bottom, box.bottom);
    }
    return { left, top, right, bottom, width: right - left, height: bottom - top };
  };

  function regions() {
    const wrong = [];
    const all = [...document.querySelectorAll('.r-top, .r-receipt, .r-field, .r-work, .r-hand, .r-total, .r-bar, .r-wide, .r-middle-hand')].filter(visible);
    all.forEach((one, i) => {
      const a = one.getBoundingClientRect();
      if (a.left < -0.5 || a.top < -0.5 || a.right > innerWidth + 0.5 || a.bottom > innerHeight + 0.5) wrong.push(`${name(one)} leaves the screen`);
      for (const other of all.slice(i + 1)) {
        const b = other.getBoundingClientRect();
        if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1) wrong.push(`${name(one)} covers ${name(other)}`);
      }
    });
    const root = document.scrollingElement;
    if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) wrong.push('the page scrolls');
    return wrong;
  }

  function targets() {
    return [...document.querySelectorAll('button, input, [role=option]')].filter(visible).filter((one) => !one.disabled && (one.tabIndex >= 0 || one.getAttribute('role') === 'option')).flatMap((one) => {
      const box = one.getBoundingClientRect();
      return box.width < 43.5 || box.height < 43.5 ? [`${name(one)} is ${Math.round(box.width)} × ${Math.round(box.height)}`] : [];
    });
  }

  // Two targets may not lie on one another, and a target's words may not run out of it.
  function crowding() {
    const wrong = [];
    const all = [...document.querySelectorAll('button')].filter(visible).map((one) => [one, shown(one)]).filter(([, box]) => box.width > 4 && box.height > 4);
    const layer = (one) => (one.closest('[role=dialog], .sheet') ? 1 : 0);
    all.forEach(([one, a], i) => {
      for (const [other, b] of all.slice(i + 1)) {
        if (layer(one) !== layer(other) || one.contains(other) || other.contains(one)) continue;
        if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1.5 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1.5) wrong.push(`${name(one)} lies on ${name(other)}`);
      }
      for (const words of one.querySelectorAll('*')) {
        if (words.children.length || !words.textContent.trim() || !visible(words) || getComputedStyle(words).textOverflow === 'ellipsis') continue;
        const range = document.createRange();
        range.selectNodeContents(words);
        const text = range.getBoundingClientRect();
        const box = one.getBoundingClientRect();
        if (text.right > box.right + 1.5 || text.left < box.left - 1.5) wrong.push(`the words of ${name(one)} run out of it`);
      }
    });
    return wrong;
  }

  // Every figure: whole on the screen, and at least 7:1 when it is 18 px or more (4.5:1 below).
  function figures(least) {
    const luminance = ([r, g, b]) => {
      const part = (v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
      return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
    };
    const colour = (text) => text.match(/[\d.]+/g).map(Number);
    const ground = (element) => {
      for (let one = element; one; one = one.parentElement) {
        const found = colour(getComputedStyle(one).backgroundColor);
        if (found.length < 4 || found[3] === 1) return found;
      }
      return [255, 255, 255];
    };
    return [...document.querySelectorAll('.figure, .amount, .price, .sum, .value')].filter(visible).flatMap((one) => {
      if (!/\d/.test(one.textContent)) return [];
      const size = parseFloat(getComputedStyle(one).fontSize);
      const [a, b] = [luminance(colour(getComputedStyle(one).color)), luminance(ground(one))];
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const wrong = [];
      if (ratio < (size >= 18 ? least : 4.5)) wrong.push(`${name(one)}: ${ratio.toFixed(2)}`);
      const box = one.getBoundingClientRect();
      if (box.right > innerWidth + 1 || box.left < -1) wrong.push(`${name(one)} is cut`);
      return wrong;
    });
  }

  const place = (selector) => {
    const box = document.querySelector(selector)?.getBoundingClientRect();
    return box ? [box.left, box.top, box.width, box.height].map(Math.round) : null;
  };

  const reachable = () => [...document.querySelectorAll('button, input')];
  const keys = () => reachable().filter((one) => !one.disabled && one.tabIndex >= 0 && one.getBoundingClientRect().width > 1).length;

  // What has the focus: its rank (-1 when it is no key), the width of what shows it, its name. The one field shows it by its border.
  function focused() {
    const one = document.activeElement;
    const style = getComputedStyle(one);
    const border = one.dataset.field ? parseFloat(getComputedStyle(one.parentElement).borderTopWidth) : 0;
    return [reachable().indexOf(one), Math.max(style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth), border), name(one)];
  }

  return { regions, targets, crowding, figures, place, keys, focused };
})();
