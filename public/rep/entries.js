// Where what was entered waits until it is sent: a store of this browser that all
// of its windows share, and that outlives them.
//
// Owns the store. Each change is a transaction, so that of two windows one alone
// takes an entry out.

/**
 * A referral as it was entered.
 * @typedef {object} Entry
 * @property {string} key names the call for ever: the server does it once
 * @property {string} member who entered it
 * @property {string} at when it was said
 * @property {any} body what is sent, the same each time
 * @property {Typed} typed what was typed, for whoever has to change it
 * @property {"waiting" | "refused"} state
 * @property {number} tries how often it has left; it may have arrived then
 * @property {{ message: string, fields: Record<string, string> }} [error] why it was refused
 */

/**
 * What the form holds.
 * @typedef {object} Typed
 * @property {Who | undefined} who
 * @property {string} email of an advocate who is new
 * @property {string} kind of one
 * @property {string} name
 * @property {string} contact
 * @property {string} company
 * @property {string} medium
 * @property {string} note
 */

/**
 * Who recommended somebody: an advocate who is there by `id`, or one to be
 * registered, whom `fresh` tells from others of the same name.
 * @typedef {{ id?: string, fresh?: string, name: string }} Who
 */

const NAME = "goodword-rep";
const STORE = "entries";

/** @returns {Promise<IDBDatabase>} */
function database() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} work
 * @returns {Promise<T>} once it is on the disk
 */
async function run(mode, work) {
  const db = await database();
  try {
    // A telephone may be switched off right after.
    const transaction = db.transaction(STORE, mode, { durability: "strict" });
    const request = work(transaction.objectStore(STORE));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    return request.result;
  } finally {
    db.close();
  }
}

/** All of them, oldest first. @returns {Promise<Entry[]>} */
export async function all() {
  const entries = await run("readonly", (store) => store.getAll());
  return entries.sort((a, b) => (a.at < b.at ? -1 : 1));
}

/** @param {Entry} entry */
export const put = (entry) => run("readwrite", (store) => store.put(entry));

/**
 * Changes an entry if it is still there, and as it has to be.
 * @param {string} key
 * @param {(entry: Entry) => Entry | null | undefined} change null takes it out, undefined leaves it; under
 *   another key it stands in the place of this one
 * @returns {Promise<Entry | undefined>} the entry as it was, if it was changed
 */
export async function change(key, change) {
  /** @type {Entry | undefined} */
  let before;
  await run("readwrite", (store) => {
    const request = store.get(key);
    request.onsuccess = () => {
      const entry = request.result;
      const after = entry && change(entry);
      if (after === undefined) return;
      before = entry;
      if (after?.key !== key) store.delete(key);
      if (after) store.put(after);
    };
    return request;
  });
  return before;
}
