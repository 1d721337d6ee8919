/** What browsers have and the checker's own library does not know yet. */

interface Array<T> {
  findLast(matches: (value: T, index: number, list: T[]) => unknown): T | undefined;
  findLastIndex(matches: (value: T, index: number, list: T[]) => unknown): number;
}

interface IDBDatabase {
  transaction(storeNames: string | Iterable<string>, mode?: IDBTransactionMode, options?: { durability?: "default" | "strict" | "relaxed" }): IDBTransaction;
}
