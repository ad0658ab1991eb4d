import { byId, make } from './dom.js';

/** The token lives in this tab only, and goes with it. */
export const session = { token: '' };

async function showWho() {
  const who = byId('who');
  who.classList.remove('in');
  if (session.token === '') {
    who.textContent = 'not signed in';
    return;
  }
  const answer = await fetch('/me', { headers: { Authorization: `Bearer ${session.token}` } });
  const me = await answer.json();
  who.textContent = answer.ok ? `${me.name ?? me.id} · ${me.tenant === null ? 'staff' : 'customer'} · ${me.permissions.held.length} permissions` : me.detail;
  who.classList.toggle('in', answer.ok);
}

export async function beginSession() {
  const [user, token] = [byId('user'), byId('token')];
  byId('sign-in').addEventListener('submit', (event) => {
    event.preventDefault();
    session.token = token.value.trim().replace(/^Bearer\s+/i, '');
    void showWho();
  });
  const answer = await fetch('/dev/users');
  if (!answer.ok) return;
  const { users } = await answer.json();
  user.append(
    make('option', { value: '' }, 'Demo user…'),
    ...users.map((one) => make('option', { value: one.user, title: one.docs }, `${one.user} · ${one.docs}`)),
  );
  user.hidden = false;
  user.addEventListener('change', async () => {
    if (user.value === '') return;
    const issued = await fetch('/dev/token', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ user: user.value }) });
    const body = await issued.json();
    token.value = session.token = body.access_token ?? '';
    await showWho();
  });
}
