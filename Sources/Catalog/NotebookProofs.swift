import GRDB

/// A proof of a revision of a notebook: what was asked, how far it is, and what it found.
package struct NotebookProofRecord: Sendable, Equatable {
    /// The stages of a proof.
    package enum State: String, Sendable, CaseIterable {
        /// The cells are drawn again, and the archives of the cited runs are read.
        case reading
        /// The cited runs are rerun.
        case rerunning
        /// Evaluations beside training are repeated on the reruns' checkpoints.
        case evaluating
        /// What differs is looked up tensor by tensor, and the verdict is made.
        case concluding
        /// Its reruns are being stopped.
        case cancelling
        case done, cancelled

        /// Whether the proof has ended.
        package var isFinal: Bool { self == .done || self == .cancelled }
    }

    /// The notebook's number.
    package var notebook: Int64
    /// The notebook's id.
    package var notebookID: String
    /// Its number in the notebook, from 1.
    package var number: Int
    /// The digest of the revision that it proves.
    package var revision: String
    /// The stage.
    package var state: State
    /// The verdict of the notebook; nil until the proof is done.
    package var verdict: String?
    /// How many runs were asked for; nil for all.
    package var runs: Int?
    /// What the sample is chosen by.
    package var seed: Int
    /// The threads of each rerun; nil for the server's choice.
    package var threads: Int?
    /// The name of whoever asked.
    package var author: String
    /// The author's id; nil for the command line.
    package var member: String?
    /// Unix seconds.
    package var created: Double
    /// When it ended, in Unix seconds; nil until then.
    package var finished: Double?
    /// Canonical JSON: runs, cells and their verdicts.
    package var content: String

    /// Makes a record. The catalog assigns the number of a new one.
    package init(
        notebook: Int64, notebookID: String, number: Int = 0, revision: String, state: State = .reading, verdict: String? = nil, runs: Int?, seed: Int, threads: Int?,
        author: String, member: String?, created: Double, finished: Double? = nil, content: String = "{}"
    ) {
        self.notebook = notebook
        self.notebookID = notebookID
        self.number = number
        self.revision = revision
        self.state = state
        self.verdict = verdict
        self.runs = runs
        self.seed = seed
        self.threads = threads
        self.author = author
        self.member = member
        self.created = created
        self.finished = finished
        self.content = content
    }

    /// - Errors: `CatalogError.unknown` for a state that no schema defines.
    init(row: Row) throws {
        let name: String = row["state"]
        guard let state = State(rawValue: name) else { throw CatalogError.unknown(kind: "state of a proof", id: name) }
        self.init(
            notebook: row["notebook"], notebookID: row["notebook_id"], number: row["number"], revision: row["revision"], state: state, verdict: row["verdict"],
            runs: row["runs"], seed: row["seed"], threads: row["threads"], author: row["author"], member: row["member"], created: row["created"],
            finished: row["finished"], content: row["content"])
    }
}

extension CatalogReader {
    private static let proof = """
        SELECT notebook_proofs.*, notebooks.id AS notebook_id FROM notebook_proofs JOIN notebooks ON notebooks.number = notebook_proofs.notebook
        """

    /// The proofs of a notebook, newest first.
    package func notebookProofs(_ notebook: Int64, limit: Int = .max) throws -> [NotebookProofRecord] {
        try all(
            CatalogReader.proof + " WHERE notebook_proofs.notebook = ? ORDER BY notebook_proofs.number DESC LIMIT ?", [notebook, limit],
            NotebookProofRecord.init(row:))
    }

    /// One proof; nil if there is none of this number.
    package func notebookProof(_ notebook: Int64, _ number: Int) throws -> NotebookProofRecord? {
        try one(
            CatalogReader.proof + " WHERE notebook_proofs.notebook = ? AND notebook_proofs.number = ?", [notebook, number], NotebookProofRecord.init(row:))
    }

    /// The proofs that have not ended, oldest first.
    package func openNotebookProofs() throws -> [NotebookProofRecord] {
        try all(
            CatalogReader.proof + " WHERE notebook_proofs.finished IS NULL ORDER BY notebook_proofs.created, notebook_proofs.notebook, notebook_proofs.number", [],
            NotebookProofRecord.init(row:))
    }

    /// How many proofs a notebook has.
    package func notebookProofCount(_ notebook: Int64) throws -> Int { try count("SELECT COUNT(*) FROM notebook_proofs WHERE notebook = ?", [notebook]) }
}

extension CatalogWriter {
    /// Inserts a proof.
    /// - Returns: the record with its number
    package func insert(_ proof: NotebookProofRecord) throws -> NotebookProofRecord {
        var proof = proof
        proof.number = try reader.count("SELECT COALESCE(MAX(number), 0) + 1 FROM notebook_proofs WHERE notebook = ?", [proof.notebook])
        try run(
            """
            INSERT INTO notebook_proofs (notebook, number, revision, state, verdict, runs, seed, threads, author, member, created, finished, content)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                proof.notebook, proof.number, proof.revision, proof.state.rawValue, proof.verdict, proof.runs, proof.seed, proof.threads, proof.author, proof.member,
                proof.created, proof.finished, proof.content,
            ])
        return proof
    }

    /// Stores how far a proof is.
    /// - Parameter state: the stage that it is expected in.
    /// - Returns: whether it was in that stage; nothing is stored otherwise.
    package func advance(_ proof: NotebookProofRecord, from state: NotebookProofRecord.State) throws -> Bool {
        try run(
            "UPDATE notebook_proofs SET state = ?, verdict = ?, finished = ?, content = ? WHERE notebook = ? AND number = ? AND state = ?",
            [proof.state.rawValue, proof.verdict, proof.finished, proof.content, proof.notebook, proof.number, state.rawValue]) == 1
    }
}
