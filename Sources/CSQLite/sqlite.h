// The system's SQLite, for the connection of a query that people wrote, and its variadic functions, which Swift cannot call.
#include <sqlite3.h>

// Turns an option of a connection on or off; SQLITE_OK if it was.
static inline int fidelio_sqlite_configure(sqlite3 *db, int option, int on) {
    int now = -1;
    int result = sqlite3_db_config(db, option, on, &now);
    return result != SQLITE_OK ? result : now == on ? SQLITE_OK : SQLITE_ERROR;
}
