import Canonical
package import Catalog
package import Notebooks

/// Draws what a cell showed again from the stored results and compares every byte: one half of a proof. The other half reruns the results.
package struct CellRedrawing: Sendable {
    /// What a cell showed.
    package struct Shown: Sendable {
        /// The digest of its source, and the key of source and results.
        package var source, key: String
        /// The digest of the object that describes the output.
        package var output: String

        /// Makes a value.
        package init(source: String, key: String, output: String) { (self.source, self.key, self.output) = (source, key, output) }
    }

    /// Draws the cells.
    package var resolver: CellResolver

    /// - Parameter resolver: draws the cells.
    package init(_ resolver: CellResolver) { self.resolver = resolver }

    /// - Parameters:
    ///   - shown: what the revision pinned of the cell; nil for a cell that showed nothing.
    ///   - answer: what the query of an SQL cell gives now; nil for other cells.
    /// - Errors: those of the catalog, `CancellationError`
    package func proof(of cell: Cell, shown: Shown?, answer: Result<SQLAnswer, SQLProblem>?, _ reader: CatalogReader) throws -> CellProof {
        var proof = CellProof(cell: cell.id.text, kind: cell.kind.name, source: cell.sourceDigest, output: shown?.output, redrawn: .uncited)
        switch cell.kind {
        case .plan: proof.reason = "A plan cites no results."
        case .verification: proof.reason = "It shows what was verified, and is no result itself."
        case .unknown: proof.reason = "This version knows no cells of this kind."
        case .text, .figure, .table, .grid, .curves, .runs, .checkpoints, .sql, .lab, .experiment: try compare(cell, shown, answer, &proof, reader)
        }
        return proof
    }

    private func compare(_ cell: Cell, _ shown: Shown?, _ answer: Result<SQLAnswer, SQLProblem>?, _ proof: inout CellProof, _ reader: CatalogReader) throws {
        if cell.kind == .text, resolver.text.expressions(cell.source).isEmpty { return }
        guard let shown else { return proof.leave("It showed nothing yet: update the cell, and prove the notebook again.") }
        guard shown.source == cell.sourceDigest else { return proof.leave("It was edited after it was shown: update the cell, and prove the notebook again.") }
        let stored: StoredOutput
        do {
            stored = try StoredOutput(shown.output, reader)
            proof.runs = try Self.cited(stored, reader)
            for form in stored.forms { _ = try reader.pinnedObject(form.digest) }
        } catch let damage as PinDamaged {
            return try differ(.damaged(damage, stored: try? StoredOutput(shown.output, reader), reader), "Its stored bytes are not those that were shown.", &proof)
        }
        if let problem = stored.problem { return proof.leave("It shows no result: \(problem)") }
        let again = try output(cell, answer, reader)
        // A query rests on counts of rows alone; what it answers tells whether other rows matter.
        let restsOnCounts = !stored.basis.catalog.isEmpty && again.problem == nil && ProofDifference.first(stored, again) == nil
        if again.basis.key(of: cell).hex != shown.key, !restsOnCounts { return try explain(stored.basis, again.basis, &proof) }
        if let problem = again.problem { return proof.leave("It cannot be drawn again: \(problem)") }
        (proof.forms, proof.expressions) = (stored.forms.count, stored.expressions.count)
        if let difference = ProofDifference.first(stored, again) {
            try differ(difference, "The same results give other bytes.", &proof)
        } else {
            proof.redrawn = .identical
        }
    }

    private func differ(_ difference: ProofDifference, _ reason: String, _ proof: inout CellProof) throws {
        (proof.redrawn, proof.reason, proof.difference) = (.different, reason, difference)
    }

    private func output(_ cell: Cell, _ answer: Result<SQLAnswer, SQLProblem>?, _ reader: CatalogReader) throws -> CellOutput {
        if let answer { return try resolver.output(of: cell, answer: answer, reader) }
        do {
            return try resolver.output(of: cell, fields: try cell.fields(), reader)
        } catch let error as NotebookError {
            return .failed("\(error)")
        }
    }

    /// The results are not those that the cell showed: new ones leave no verdict, other ones in place of old ones are a difference.
    private func explain(_ old: CellBasis, _ new: CellBasis, _ proof: inout CellProof) throws {
        let now = Dictionary(new.runs.map { ($0.id, $0) }) { first, _ in first }
        let altered = old.runs.first { run in
            now[run.id].map { $0.digest != run.digest && $0.hasEnded && run.hasEnded && $0.evaluations == run.evaluations } ?? false
        }
        let changes = CellBasis.changes(from: old, to: new).joined(separator: ", ")
        guard let altered, old.runs.map(\.id) == new.runs.map(\.id) else {
            return proof.leave("Its results have changed since it was shown (\(changes.isEmpty ? "other rows" : changes)): update the cell, and prove the notebook again.")
        }
        try differ(
            ProofDifference("results", run: altered.id, original: altered.digest, repeated: now[altered.id]?.digest),
            "Stored results of a run that had ended are not those that the cell showed.", &proof)
    }

    /// The runs that an output names: of its basis, and of the rows of a list or of a query's answer.
    private static func cited(_ stored: StoredOutput, _ reader: CatalogReader) throws -> [String] {
        var seen: Set<String> = []
        let named = stored.basis.runs.map(\.id)
        guard named.isEmpty, let form = stored.forms.first(where: { $0.name == "json" }), let bytes = try? reader.pinnedObject(form.digest),
            let json = try? JSONValue(parsing: bytes)
        else { return named.filter { seen.insert($0).inserted } }
        return try texts(in: json).filter { try isRunID($0) && seen.insert($0).inserted && reader.run($0) != nil }
    }

    private static func texts(in json: JSONValue) -> [String] {
        switch json {
        case .string(let text): [text]
        case .array(let elements): elements.flatMap(texts)
        case .object(let members): members.keys.sorted().compactMap { members[$0] }.flatMap(texts)
        default: []
        }
    }

    /// Whether a text has the form of a run's id: twelve digits of a digest, and the attempt.
    private static func isRunID(_ text: String) throws -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0].utf8.count == 12 && parts[0].allSatisfy(\.isHexDigit) && !parts[1].isEmpty && parts[1].allSatisfy(\.isNumber)
    }
}

extension CellProof {
    fileprivate mutating func leave(_ reason: String) { (redrawn, self.reason) = (.undecided, reason) }
}

extension ProofDifference {
    /// What differs first between what was shown and what is drawn now.
    fileprivate static func first(_ stored: StoredOutput, _ again: CellOutput) -> ProofDifference? {
        let values = again.expressions.map(\.json)
        for (place, expression) in stored.expressions.enumerated() where values.dropFirst(place).first?.canonicalText != expression.canonicalText {
            let now = values.dropFirst(place).first
            return ProofDifference("value", name: expression["source"]?.stringValue, original: expression["text"]?.stringValue, repeated: now?["text"]?.stringValue)
        }
        let drawn = Dictionary(again.forms.map { ($0.name, Digest.sha256($0.bytes).hex) }) { first, _ in first }
        for form in stored.forms where drawn[form.name] != form.digest {
            return ProofDifference("form", name: form.name, original: form.digest, repeated: drawn[form.name])
        }
        if let more = again.forms.first(where: { form in !stored.forms.contains { $0.name == form.name } }) {
            return ProofDifference("form", name: more.name, original: nil, repeated: Digest.sha256(more.bytes).hex)
        }
        guard stored.html == again.html else {
            return ProofDifference("html", original: Digest.sha256(stored.html).hex, repeated: Digest.sha256(again.html).hex)
        }
        return nil
    }

    /// Bytes that no longer have the digest under which they were kept.
    fileprivate static func damaged(_ damage: PinDamaged, stored: StoredOutput?, _ reader: CatalogReader) -> ProofDifference {
        let found = (try? reader.object(damage.digest)).flatMap { $0 }.map { Digest.sha256($0).hex }
        return ProofDifference("stored", name: stored?.forms.first { $0.digest == damage.digest }?.name ?? "output", original: damage.digest, repeated: found)
    }
}
