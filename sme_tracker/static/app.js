/* What the pages gain when scripts run. Everything works without it; each part looks for its own data attribute. */
(() => {
  'use strict';
  const page = document;
  const root = page.documentElement;
  const all = (selector, within = page) => [...within.querySelectorAll(selector)];
  const one = (selector, within = page) => within.querySelector(selector);
  root.classList.add('js');

  /* ---- menus and filter editors: one open at a time, closed by a click outside or Esc */
  const menus = () => all('details[data-menu][open]');
  page.addEventListener('click', (event) => {
    menus().filter((menu) => !menu.contains(event.target)).forEach((menu) => { menu.open = false; });
  });
  page.addEventListener('toggle', (event) => {
    const menu = event.target;
    if (!menu.open || !menu.matches?.('details[data-menu]')) return;
    menus().filter((other) => other !== menu && !other.contains(menu)).forEach((other) => { other.open = false; });
    if (menu.matches('.filter')) one('input:not([type=hidden]), select', menu)?.focus();
  }, true);

  /* ---- dialogs */
  page.addEventListener('click', (event) => {
    const opener = event.target.closest('[data-opens]');
    if (opener) openDialog(opener.dataset.opens);
    const closer = event.target.closest('[data-closes]');
    if (closer) closer.closest('dialog').close();
    if (event.target.matches('dialog')) event.target.close();
  });
  function openDialog(id) {
    menus().forEach((menu) => { menu.open = false; });
    const dialog = page.getElementById(id);
    if (dialog && !dialog.open) dialog.showModal();
  }

  /* ---- the switch of the single-key shortcuts */
  const remembered = {
    get(name) { try { return localStorage.getItem(name); } catch { return null; } },
    set(name, value) { try { localStorage.setItem(name, value); } catch { /* a browser that keeps nothing */ } },
  };
  const keySwitch = one('[data-keys-switch]');
  if (keySwitch) {
    keySwitch.checked = remembered.get('single-keys') !== 'off';
    keySwitch.addEventListener('change', () => remembered.set('single-keys', keySwitch.checked ? 'on' : 'off'));
  }
  const singleKeys = () => remembered.get('single-keys') !== 'off';

  /* ---- the cursor of a list */
  const rows = all('[data-row]');
  let cursor = -1;
  function moveCursor(step) {
    if (!rows.length) return;
    rows[cursor]?.classList.remove('cur');
    cursor = Math.min(Math.max(cursor + step, 0), rows.length - 1);
    const row = rows[cursor];
    row.classList.add('cur');
    row.scrollIntoView({ block: 'nearest' });
    one('a[data-open], a', row)?.focus({ preventScroll: true });
  }
  function clearCursor() {
    rows[cursor]?.classList.remove('cur');
    cursor = -1;
  }
  page.addEventListener('focusin', (event) => {
    const row = event.target.closest('[data-row]');
    if (!row || rows[cursor] === row) return;
    clearCursor();
    cursor = rows.indexOf(row);
    row.classList.add('cur');
  });
  const follow = (link) => { link?.click(); return Boolean(link); };

  /* ---- keys */
  let going = 0;
  const typing = (target) => target.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]');
  const acts = {
    '/': () => focusSearch(),
    '?': () => { openDialog('keys'); return true; },
    j: () => { moveCursor(1); return rows.length > 0; },
    k: () => { moveCursor(-1); return rows.length > 0; },
    e: () => follow((rows[cursor] && one('a[data-edit]', rows[cursor])) || one('a[data-key="e"]')),
    f: () => openFilter(),
  };
  function focusSearch() {
    const box = all('[data-search], #gsearch').find((input) => input.offsetParent);
    box?.focus();
    box?.select?.();
    return Boolean(box);
  }
  function openFilter() {
    const filter = one('details[data-key="f"]');
    if (filter) filter.open = true;
    return Boolean(filter);
  }
  function singleKey(event) {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (going && Date.now() - going < 1500) {
      going = 0;
      return follow(one(`[data-go="${CSS.escape(key)}"]`));
    }
    if (key === 'g') { going = Date.now(); return true; }
    if (key === 'Enter' && rows[cursor] && event.target === page.body) return follow(one('a[data-open], a', rows[cursor]));
    if (acts[key]) return acts[key]();
    return key.length === 1 && follow(one(`a[data-key="${CSS.escape(key)}"]`));
  }
  function escape(event) {
    const open = menus();
    open.forEach((menu) => { menu.open = false; });
    if (open.length) one('summary', open[0])?.focus();
    else if (typing(event.target)) event.target.blur();
    else clearCursor();
  }
  page.addEventListener('keydown', (event) => {
    if (event.isComposing || one('dialog[open]')) return;
    if (event.ctrlKey || event.metaKey || event.altKey) { chord(event); return; }
    if (event.key === 'Escape') { escape(event); return; }
    if (!singleKeys() || typing(event.target)) return;
    if (singleKey(event)) event.preventDefault();
  });
  function chord(event) {
    if (event.ctrlKey && event.key === 'Enter') {
      const form = event.target.closest('form[data-guard]') || one('form[data-guard]');
      if (form) { event.preventDefault(); form.requestSubmit(one('.save .primary', form) || undefined); }
    } else if (event.altKey && event.key === 'ArrowDown') {
      if (nextError()) event.preventDefault();
    } else if (event.ctrlKey && event.key === 'z' && !typing(event.target)) {
      const undo = one('form[data-undo]');
      if (undo) { event.preventDefault(); undo.requestSubmit(); }
    }
  }

  /* ---- errors: the summary takes the focus, its links focus the field, Alt ↓ walks through them */
  const wrong = () => all('[aria-invalid="true"], fieldset.has-err input').filter((input) => input.offsetParent);
  function nextError() {
    const fields = wrong();
    if (!fields.length) return false;
    const at = fields.indexOf(page.activeElement);
    fields[(at + 1) % fields.length].focus();
    return true;
  }
  const summary = one('#errors');
  summary?.focus();
  summary?.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]');
    const field = link && page.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    const input = field.matches('fieldset') ? one('input', field) : field;
    (field.closest('.field') || field).scrollIntoView({ block: 'center' });
    input.focus({ preventScroll: true });
  });

  /* ---- forms: saved once, and never lost by leaving */
  const written = (form) => JSON.stringify([...new FormData(form)].filter(([name]) => name !== 'csrf_token').map(([name, value]) => [name, value.name ?? value]));
  const guarded = all('form[data-guard]').map((form) => ({ form, before: written(form), failed: Boolean(summary) || 'unsaved' in form.dataset }));
  let leaving = false;
  const dirty = () => !leaving && guarded.some(({ form, before, failed }) => failed || written(form) !== before);
  window.addEventListener('beforeunload', (event) => { if (dirty()) event.preventDefault(); });
  page.addEventListener('click', (event) => { if (event.target.closest('[data-leave]')) leaving = true; });

  page.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (event.defaultPrevented || form.method === 'dialog') return;
    leaving = true;
    if (form.method !== 'post') return;
    form.dataset.sent = 'yes';
    const button = event.submitter;
    if (button?.dataset.busy) busy(button);
    if (form.dataset.download !== undefined) setTimeout(() => rest(form), 4000);
  });
  function busy(button) {
    button.style.minWidth = `${button.offsetWidth}px`;
    button.dataset.words = button.innerHTML;
    button.textContent = button.dataset.busy;
    button.setAttribute('aria-disabled', 'true');
  }
  function rest(form) {
    delete form.dataset.sent;
    leaving = false;
    all('[data-words]', form).forEach((button) => {
      button.innerHTML = button.dataset.words;
      button.removeAttribute('aria-disabled');
      button.style.minWidth = '';
      delete button.dataset.words;
    });
  }
  /* ---- what was typed stays in this tab, by account and form, until it is saved, dropped or the account signs out */
  const account = page.body.dataset.account;
  const typed = (() => { try { return sessionStorage; } catch { return null; } })();
  const OURS = 'typed|';
  const mine = `${OURS}${account}|`;
  const drop = (unwanted) => Object.keys(typed).filter((key) => key.startsWith(OURS) && unwanted(key)).forEach((key) => typed.removeItem(key));
  const target = (form, button) => {
    const url = new URL(button?.getAttribute('formaction') || form.getAttribute('action') || location.href, location.href);
    url.searchParams.delete('lang');
    return url;
  };
  const keyOf = (form) => `${mine}${target(form).pathname}${target(form).search}|${form.id}`;
  const unkept = ['csrf_token', 'once'];
  const fieldsOf = (form) => [...form.elements].filter((field) => field.name && !unkept.includes(field.name) && !/^(password|file|submit|button|reset|fieldset)$/.test(field.type));
  const isKept = (form) => form?.method === 'post' && form.dataset.download === undefined && fieldsOf(form).some((field) => field.type !== 'hidden');
  const boxed = (field) => /^(checkbox|radio)$/.test(field.type);
  const valueOf = (form, field) => (field.name === 'version' && form.elements.opened_version ? form.elements.opened_version.value : field.value);
  function keep(form, sent) {
    const fields = fieldsOf(form).map((field) => [field.name, field.type, valueOf(form, field), field.checked]);
    const hadFile = all('input[type=file]', form).some((input) => input.files.length);
    try { typed.setItem(keyOf(form), JSON.stringify({ fields, hadFile, sent })); } catch { /* the tab is full */ }
  }
  function bringBack(form) {
    const kept = JSON.parse(typed.getItem(keyOf(form)));
    if (!kept) return;
    const before = written(form);
    const left = [...kept.fields];
    fieldsOf(form).forEach((field) => {
      const at = left.findIndex(([name, type, value]) => name === field.name && type === field.type && (!boxed(field) || value === field.value));
      if (at < 0) return;
      const [[, , value, checked]] = left.splice(at, 1);
      if (boxed(field)) field.checked = checked; else field.value = value;
    });
    if (written(form) === before && !kept.hadFile) return;
    const notice = one('[data-brought-back]');
    notice.hidden = false;
    if (kept.hadFile) one('[data-had-file]', notice).hidden = false;
  }
  if (typed && account) {
    const saved = /(?:^|; )saved=([^;]*)/.exec(page.cookie);
    page.cookie = 'saved=; path=/; max-age=0; samesite=strict';
    drop((key) => !key.startsWith(mine) || (saved && JSON.parse(typed.getItem(key)).sent === decodeURIComponent(saved[1])));
    const forms = all('form').filter(isKept);
    const opened = new Map(forms.map((form) => [form, written(form)]));
    const isAnswer = 'answer' in page.body.dataset || one('[data-brought-back]')?.hidden === false;
    if (!isAnswer && one('[data-brought-back]')) forms.forEach(bringBack);
    const note = (event) => {
      const form = event.target.form;
      if (!isKept(form)) return;
      if (isAnswer || written(form) !== opened.get(form)) keep(form);
      else typed.removeItem(keyOf(form));
    };
    page.addEventListener('input', note);
    page.addEventListener('change', note);
    page.addEventListener('submit', (event) => {
      const form = event.target;
      if (target(form).pathname === '/sign-out') drop(() => true);
      else if (isKept(form) && (isAnswer || written(form) !== opened.get(form))) keep(form, decodeURIComponent(target(form, event.submitter).pathname));
    });
    page.addEventListener('click', (event) => {
      if (event.target.closest('[data-leave]')) forms.forEach((form) => typed.removeItem(keyOf(form)));
    });
  }

  /* ---- what there was no place for is asked for again by itself */
  const again = one('form[data-again]');
  if (again) {
    const due = setTimeout(() => again.requestSubmit(), again.dataset.again * 1000);
    again.addEventListener('submit', () => {
      clearTimeout(due);
      all('[data-once-asked]').forEach((words) => { words.hidden = !words.hidden; });
    });
  }

  window.addEventListener('pageshow', (event) => { if (event.persisted) all('form[data-sent]').forEach(rest); });

  page.addEventListener('change', (event) => {
    if (event.target.matches('select[data-auto], input[data-auto]')) event.target.form.requestSubmit();
  });

  /* ---- what saving would change: asked of the server a moment after a field has changed, beside the button that asks too */
  all('[data-preview]').forEach((place) => {
    const form = place.closest('form');
    let due = 0;
    let asked = null;
    form.addEventListener('input', () => { clearTimeout(due); due = setTimeout(ask, 400); });
    async function ask() {
      asked?.abort();
      asked = new AbortController();
      const typed = new FormData(form);
      typed.set('check', 'part');
      try {
        const answer = await fetch(location.href, { method: 'POST', body: typed, signal: asked.signal });
        if (answer.ok) place.innerHTML = await answer.text();
      } catch { /* the button still asks */ }
    }
  });

  /* ---- the choice between two people's values: all of one side at once; who types another value chooses it */
  page.addEventListener('click', (event) => {
    const button = event.target.closest('[data-pick]');
    if (button) all(`input[type=radio][value="${button.dataset.pick}"]`, button.form).forEach((choice) => { choice.checked = true; });
  });
  page.addEventListener('input', (event) => {
    const choice = event.target.matches('.option .in') && one('input[type=radio]', event.target.closest('.option'));
    if (choice) choice.checked = true;
  });

  /* ---- small services: print, copy, show a password, name the chosen file, dismiss a message */
  page.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (!button) return;
    if (button.dataset.print !== undefined) window.print();
    if (button.dataset.copy) copy(button);
    if (button.dataset.reveal) reveal(button);
    if (button.dataset.dismiss !== undefined) button.closest('.toast').remove();
  });
  async function copy(button) {
    const source = one(button.dataset.copy);
    const text = source.value || source.textContent;
    try {
      await navigator.clipboard.writeText(text.trim());
    } catch {
      getSelection().selectAllChildren(source);
      page.execCommand('copy');
    }
    button.textContent = button.dataset.done || button.textContent;
  }
  function reveal(button) {
    const input = one(button.dataset.reveal);
    const shown = input.type === 'text';
    input.type = shown ? 'password' : 'text';
    button.setAttribute('aria-pressed', String(!shown));
    if (button.dataset.hide) [button.textContent, button.dataset.hide] = [button.dataset.hide, button.textContent];
  }
  all('[data-file] input[type=file]').forEach((input) => {
    const label = one('output', input.closest('[data-file]'));
    input.addEventListener('change', () => {
      const file = input.files[0];
      const size = file && (file.size < 1048576 ? `${Math.ceil(file.size / 1024)} KB` : `${(file.size / 1048576).toFixed(1)} MB`);
      if (label) label.textContent = file ? `${file.name} · ${size}` : '';
    });
  });
  all('.drop').forEach((zone) => {
    const input = one('input[type=file]', zone);
    const over = (on) => (event) => { event.preventDefault(); zone.classList.toggle('over', on); };
    zone.addEventListener('dragover', over(true));
    zone.addEventListener('dragleave', over(false));
    zone.addEventListener('drop', (event) => {
      over(false)(event);
      if (!input || !event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event('change'));
    });
  });
})();
