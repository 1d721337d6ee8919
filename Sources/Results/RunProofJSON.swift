package import Canonical
package import Catalog

/// The proof of a run: what it rests on and what it gave, each by its digest, and every comparison with a rerun.
package enum RunProofJSON {
    /// - Errors: those of the catalog
    package static func json(_ run: RunRecord, _ reader: CatalogReader) throws -> JSONValue {
        let specification = JSONValue(stored: run.specification)
        let comparisons = try reader.verifications(concerning: run.number)
        return .object([
            "run": .string(run.id), "state": .string(run.state.rawValue), "specification": .string(run.specificationDigest), "numerics": .optional(specification["numerics"]?.integerValue.flatMap { Int(exactly: $0) }),
            "dataset": .object(["name": .string(run.dataset), "digest": .optional(specification["dataset"]?["digest"]?.stringValue)]),
            "program": .optional(run.program), "kernels": .optional(run.kernels), "threads": .optional(run.threads), "host": .optional(run.host),
            "attempts": .array(try reader.attempts(ofRun: run.number).map(RunJSON.attempt)), "final_digest": .optional(run.finalDigest),
            "checkpoints": .array(try reader.checkpoints(ofRun: run.number).map { .object(["step": .count($0.step), "digest": .string($0.digest)]) }),
            "samples": .array(try reader.samples(ofRun: run.number).map { .object(["step": .count($0.step), "digest": .string($0.digest)]) }),
            "evaluations": .array(
                try reader.evaluations(ofRun: run.number).map {
                    .object([
                        "step": .count($0.step), "metric": .string($0.metric), "value": .optional($0.value), "protocol": .string($0.protocolDigest), "encoder": .string($0.encoder),
                        "encoder_digest": .string($0.encoderDigest),
                    ])
                }),
            "verifications": .array(try comparisons.compactMap { try rerun($0, reader) }),
            "command": .string("fidelio verify \(run.rerunOf ?? run.id)"),
        ])
    }

    /// A comparison, who asked for it, and what executed the rerun.
    private static func rerun(_ comparison: VerificationRecord, _ reader: CatalogReader) throws -> JSONValue? {
        guard let rerun = try reader.run(comparison.rerun) else { return nil }
        return .object([
            "verification": RunJSON.verification(comparison), "asked": .number(rerun.created), "actor": .optional(try reader.actor(ofRerun: rerun.id, of: comparison.original)),
            "threads": .optional(rerun.threads), "kernels": .optional(rerun.kernels), "host": .optional(rerun.host), "program": .optional(rerun.program),
            "attempts": .array(try reader.attempts(ofRun: rerun.number).map(RunJSON.attempt)),
        ])
    }
}
