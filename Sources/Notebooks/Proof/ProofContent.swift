package import Canonical

/// What a proof of a notebook's revision has found out so far: the runs and the cells, and from both the verdict.
package struct ProofContent: Sendable, Hashable {
    /// The runs that the notebook cites, in the order of the cells.
    package var runs: [RunProof] = []
    /// The cells in their order.
    package var cells: [CellProof] = []
    /// Why the proof could not be made at all; nil without such a reason.
    package var problem: String?

    /// Nothing yet.
    package init() {}

    /// Gives every cell its verdict, from its drawing and from its runs.
    ///
    /// A cell is different if its drawing or a rerun of one of its runs is. It is identical if its drawing is and every one of its runs that was rerun is, at least one. A
    /// run that cannot be rerun leaves it without a verdict; one that is not in the sample does not.
    package mutating func conclude() {
        let known = Dictionary(runs.map { ($0.run, $0) }) { first, _ in first }
        cells = cells.map { $0.concluded(known) }
    }

    /// The verdict of the notebook: different if any cell or run is; none while a cell has none that the sample alone does not explain; not cited where no cell cites anything.
    package var verdict: ProofVerdict {
        if problem != nil { return .undecided }
        if runs.contains(where: { $0.verdict == .different }) || cells.contains(where: { $0.verdict == .different }) { return .different }
        if cells.allSatisfy({ $0.verdict == .uncited }) { return .uncited }
        if cells.contains(where: { $0.verdict == .undecided && !isLeftOut($0) }) { return .undecided }
        return runs.contains { $0.verdict == .identical } ? .identical : .undecided
    }

    /// Whether a cell without a verdict was drawn again identically, and has none only because no run of it is in the sample, or because it names no run.
    private func isLeftOut(_ cell: CellProof) -> Bool {
        guard cell.redrawn == .identical else { return false }
        let known = Dictionary(runs.map { ($0.run, $0) }) { first, _ in first }
        return cell.runs.allSatisfy { known[$0].map { $0.isChosen == false && $0.verdict == nil } ?? false }
    }

    /// The first difference: of the runs in their order, then of the cells.
    package var firstDifference: (cell: String?, difference: ProofDifference)? {
        if let run = runs.first(where: { $0.verdict == .different }), let difference = run.difference {
            return (cells.first { $0.runs.contains(run.run) }?.cell, difference)
        }
        return cells.first { $0.verdict == .different && $0.difference != nil }.flatMap { cell in cell.difference.map { (cell.cell, $0) } }
    }

    /// The runs to rerun: all, or so many of them with the least SHA-256 of `SEED/RUN`.
    package static func sample(_ count: Int?, of runs: [String], seed: Int) -> Set<String> {
        guard let count, count < runs.count else { return Set(runs) }
        let order = runs.map { (key: Digest.sha256("\(seed)/\($0)").hex, run: $0) }.sorted { $0.key < $1.key }
        return Set(order.prefix(count).map(\.run))
    }
}

extension CellProof {
    fileprivate func concluded(_ known: [String: RunProof]) -> CellProof {
        var cell = self
        let cited = runs.compactMap { known[$0] }
        cell.rerun = cited.count { $0.verdict == .identical || $0.verdict == .different }
        if redrawn == .uncited {
            cell.verdict = .uncited
        } else if redrawn == .different {
            cell.verdict = .different
        } else if let run = cited.first(where: { $0.verdict == .different }) {
            (cell.verdict, cell.difference) = (.different, run.difference)
            cell.reason = "It rests on run \(run.run), whose rerun is different."
        } else if redrawn == .undecided {
            cell.verdict = .undecided
        } else if let run = cited.first(where: { $0.verdict == .undecided }) {
            let others = cited.count { $0.verdict == .undecided } - 1
            (cell.verdict, cell.reason) = (.undecided, "Run \(run.run): \(run.reason ?? "it was not compared")\(others > 0 ? "; so are \(others) more" : "").")
        } else if cell.rerun == 0 {
            cell.verdict = .undecided
            cell.reason = runs.isEmpty
                ? "It was drawn again with the same bytes, but names no runs that could be rerun."
                : "It was drawn again with the same bytes, but none of its \(runs.count) runs is in the sample."
        } else {
            cell.verdict = .identical
        }
        return cell
    }
}

// MARK: - JSON

extension ProofDifference {
    /// As it is stored and answered.
    package var json: JSONValue {
        .object([
            "kind": .string(kind), "run": .optional(run), "step": .optional(step), "name": .optional(name), "original": .optional(original),
            "repeated": .optional(repeated),
        ])
    }

    /// Reads what `json` wrote; nil for anything else.
    package init?(stored json: JSONValue?) {
        guard let json, let kind = json["kind"]?.stringValue else { return nil }
        self.init(
            kind, run: json["run"]?.stringValue, step: json["step"]?.integerValue.flatMap { Int(exactly: $0) }, name: json["name"]?.stringValue,
            original: json["original"]?.stringValue, repeated: json["repeated"]?.stringValue)
    }
}

extension RunProof {
    /// Everything, as it is stored.
    package var json: JSONValue {
        .object([
            "run": .string(run), "chosen": .bool(isChosen), "rerun": .optional(rerun), "verdict": .optional(verdict?.rawValue), "reason": .optional(reason),
            "difference": difference?.json ?? .null, "compared": .count(compared), "archives": .count(archives), "missing": .count(missing), "threads": .optional(threads),
            "kernels": .optional(kernels), "host": .optional(host), "program": .optional(program),
            "damages": .array(damages.map(\.json)),
            "evaluations": .array(evaluations.map { ["job": .string($0.job), "repeated": .optional($0.repeated), "problem": .optional($0.problem)] }),
        ])
    }

    init?(stored json: JSONValue) {
        guard let run = json["run"]?.stringValue else { return nil }
        self.init(run: run)
        isChosen = json["chosen"]?.boolValue ?? false
        rerun = json["rerun"]?.stringValue
        verdict = json["verdict"]?.stringValue.flatMap(ProofVerdict.init)
        reason = json["reason"]?.stringValue
        difference = ProofDifference(stored: json["difference"])
        compared = json.number("compared")
        (archives, missing) = (json.number("archives"), json.number("missing"))
        threads = json["threads"]?.integerValue.flatMap { Int(exactly: $0) }
        (kernels, host, program) = (json["kernels"]?.stringValue, json["host"]?.stringValue, json["program"]?.stringValue)
        damages = (json["damages"]?.arrayValue ?? []).compactMap(Damage.init(stored:))
        evaluations = (json["evaluations"]?.arrayValue ?? []).compactMap { one in
            one["job"]?.stringValue.map { Evaluation(job: $0, repeated: one["repeated"]?.stringValue, problem: one["problem"]?.stringValue) }
        }
    }
}

extension RunProof.Damage {
    fileprivate var json: JSONValue {
        .object([
            "step": .count(step), "digest": .string(digest), "found": .optional(found), "problem": .optional(problem), "tensor": .optional(tensor),
            "tensors": .object(tensors.mapValues { .string($0) }),
        ])
    }

    fileprivate init?(stored json: JSONValue) {
        guard let digest = json["digest"]?.stringValue else { return nil }
        self.init(
            step: json.number("step"), digest: digest, found: json["found"]?.stringValue, problem: json["problem"]?.stringValue, tensor: json["tensor"]?.stringValue,
            tensors: (json["tensors"]?.objectValue ?? [:]).compactMapValues(\.stringValue))
    }
}

extension CellProof {
    /// Everything, as it is stored.
    package var json: JSONValue {
        .object([
            "cell": .string(cell), "kind": .string(kind), "source": .string(source), "output": .optional(output), "verdict": .optional(verdict?.rawValue),
            "redrawn": .string(redrawn.rawValue), "reason": .optional(reason), "difference": difference?.json ?? .null, "runs": .array(runs.map { .string($0) }),
            "rerun": .count(rerun), "forms": .count(forms), "expressions": .count(expressions),
        ])
    }

    init?(stored json: JSONValue) {
        guard let cell = json["cell"]?.stringValue, let redrawn = json["redrawn"]?.stringValue.flatMap(ProofVerdict.init) else { return nil }
        self.init(
            cell: cell, kind: json["kind"]?.stringValue ?? "", source: json["source"]?.stringValue ?? "", output: json["output"]?.stringValue, redrawn: redrawn,
            reason: json["reason"]?.stringValue, difference: ProofDifference(stored: json["difference"]))
        verdict = json["verdict"]?.stringValue.flatMap(ProofVerdict.init)
        runs = (json["runs"]?.arrayValue ?? []).compactMap(\.stringValue)
        (rerun, forms, expressions) = (json.number("rerun"), json.number("forms"), json.number("expressions"))
    }
}

extension ProofContent {
    /// Everything, as it is stored.
    package var json: JSONValue {
        .object(["runs": .array(runs.map(\.json)), "cells": .array(cells.map(\.json)), "problem": .optional(problem)])
    }

    /// Reads what `json` wrote; what an older or damaged record lacks is missing here, too.
    package init(stored json: JSONValue) {
        runs = (json["runs"]?.arrayValue ?? []).compactMap(RunProof.init(stored:))
        cells = (json["cells"]?.arrayValue ?? []).compactMap(CellProof.init(stored:))
        problem = json["problem"]?.stringValue
    }
}

extension JSONValue {
    fileprivate func number(_ key: String) -> Int { self[key]?.integerValue.flatMap { Int(exactly: $0) } ?? 0 }
}
