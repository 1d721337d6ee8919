import Canonical
import GRDB

extension CatalogWriter {
    /// Stores an attempt as it is now: a new row, or in place of the one with its subject and number.
    /// - Errors: those of SQLite, also where another attempt at the same subject has not ended.
    public func put(_ attempt: AttemptRecord) throws {
        try run(
            """
            INSERT INTO attempts (\(attempt.subject.column), number, executor, job, node, threads, state, reason, submitted, started, ended, provenance)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (\(attempt.subject.column), number) DO UPDATE SET executor = excluded.executor, job = excluded.job, node = excluded.node,
                threads = excluded.threads, state = excluded.state, reason = excluded.reason, submitted = excluded.submitted,
                started = excluded.started, ended = excluded.ended
            """,
            [
                attempt.subject.number, attempt.number, attempt.executor, attempt.job, attempt.node, attempt.threads, attempt.state.rawValue, attempt.reason,
                attempt.submitted, attempt.started, attempt.ended, attempt.provenance,
            ])
    }

    /// Adds to what is known of the newest attempt at a job: its worker tells it. A member that is told again is replaced.
    func add(provenance: JSONValue, to job: JobReference) throws {
        try run(
            """
            UPDATE attempts SET provenance = json_patch(COALESCE(provenance, '{}'), ?1)
            WHERE \(job.column) = ?2 AND number = (SELECT MAX(number) FROM attempts WHERE \(job.column) = ?2)
            """, [provenance.canonicalText, job.number])
    }

    /// Groups some of the transaction's changes in a savepoint. If `body` fails for its own reason (a stale batch, a row that violates a constraint),
    /// only these changes are rolled back, and the transaction continues.
    /// - Returns: the result of `body`, or its error.
    /// - Errors: SQLite's errors about the whole file (full disk, damage, no permission), which end the transaction.
    public func separately<T>(_ body: (CatalogWriter) throws -> T) throws -> Result<T, any Error> {
        var result: T?
        do {
            try db.inSavepoint {
                result = try body(self)
                return .commit
            }
        } catch let error as DatabaseError where ![.SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_TOOBIG].contains(error.resultCode) {
            throw error
        } catch {
            return .failure(error)
        }
        guard let result else { preconditionFailure("a savepoint that did not throw ran its body") }
        return .success(result)
    }
}
