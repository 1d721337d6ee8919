import Access
import Canonical
import Catalog
import Execution
import HTTPServer
import HTTPTypes
import Results
import Storage
import Training

/// The proof of a run: the chain of digests from its specification to its results, who has repeated it, and what differs if something does.
extension API {
    func addProof(to routes: inout RouteTable) {
        routes.add(
            Route(
                .get, "/runs/{id}/proof", "Returns the chain of digests of a run and every rerun that was compared with it.", needs: .viewer, load: .reading, answers: [.json(.runProof)])
        ) { _, parameters in .json(try await catalog.read { try RunProofJSON.json(try run(parameters, $0), $0) }) }
        routes.add(
            Route(
                .get, "/runs/{id}/initial.json", "Returns the digest of the initial state of a run, and those of its tensors.", needs: .viewer, answers: [.json(.archiveDigests)], problems: API.made)
        ) { _, parameters in
            let record = try await catalog.read { try run(parameters, $0) }
            let path = try await exports.path(of: .initial(specification: JSONValue(parsing: record.specification)), isGuest: false)
            return .json(CheckpointFiles.digests(at: path))
        }
        routes.add(
            Route(
                .get, "/runs/{id}/difference", "Reads the archives of a run and of its rerun at the first step at which they differ, and names the tensors that do.", needs: .viewer, load: .computing,
                query: [QueryParameter("rerun", .runID, "The rerun.", isRequired: true)], answers: [.json(.archiveDifference)])
        ) { request, parameters in
            let rerun = request.query.first("rerun") ?? ""
            let (a, b) = try await catalog.read { reader in
                guard let other = try reader.run(rerun) else { throw WorkbenchError.unknownRun(rerun) }
                return (try reader.checkpoints(ofRun: try run(parameters, reader).number), try reader.checkpoints(ofRun: other.number))
            }
            return .json(CheckpointFiles(workbench.storage).difference(a, b))
        }
        routes.add(
            Route(
                .get, "/runs/{id}/files", "Reads the archives and sample grids of a run now, and compares each with its digest.", needs: .viewer, load: .computing, answers: [.json(.fileChecks)])
        ) { _, parameters in
            let (id, checkpoints, samples, deleted) = try await catalog.read { reader in
                let run = try run(parameters, reader)
                return (run.id, try reader.checkpoints(ofRun: run.number), try reader.samples(ofRun: run.number), try reader.deletedCheckpoints(ofRun: run.number))
            }
            let files = CheckpointFiles(workbench.storage)
            var checks: [JSONValue] = []
            for checkpoint in checkpoints {
                try Task.checkCancellation()
                checks.append(files.check(checkpoint, isDeleted: deleted.contains(checkpoint.step)))
            }
            for sample in samples {
                try Task.checkCancellation()
                checks.append(SampleGridFile.check(ofRun: id, sample, in: workbench.storage))
            }
            return .json(["files": .array(checks)])
        }
    }
}

extension Schema {
    private static let digestOfStep = Schema.object(["step": .count, "digest": .string])
    static let runProof = Schema.named(
        "RunProof",
        .object([
            "run": .string, "state": .runState, "specification": .digest, "numerics": .nullable(.count), "dataset": .object(["name": .string, "digest": .nullable(.string)]),
            "program": .nullable(.string), "kernels": .nullable(.string), "threads": .nullable(.count), "host": .nullable(.string), "attempts": .array(.attempt), "final_digest": .nullable(.string),
            "checkpoints": .array(digestOfStep), "samples": .array(digestOfStep),
            "evaluations": .array(.object(["step": .count, "metric": .string, "value": .nullable(.real), "protocol": .string, "encoder": .string, "encoder_digest": .string])),
            "verifications": .array(
                .named(
                    "ProvedRerun",
                    .object([
                        "verification": .verification, "asked": .time, "actor": .nullable(.string), "threads": .nullable(.count), "kernels": .nullable(.string), "host": .nullable(.string),
                        "program": .nullable(.string), "attempts": .array(.attempt),
                    ]))),
            "command": .string,
        ]))
    static let archiveDigests = Schema.named(
        "ArchiveDigests", .object(["digest": .nullable(.digest), "problem": .nullable(.string), "tensors": .array(.object(["name": .string, "digest": .string]))]))
    static let archiveDifference = Schema.named(
        "ArchiveDifference",
        .object([
            "compared": .count, "step": .nullable(.count), "original": .nullable(.string), "rerun": .nullable(.string), "problem": .nullable(.string), "tensors": .array(.string),
            "tensor": .nullable(
                .object([
                    "name": .string, "elements": .count, "differing": .count, "index": .nullable(.array(.count)), "original": .nullable(.string), "rerun": .nullable(.string),
                ])),
        ]))
    static let fileChecks = Schema.named(
        "FileChecks",
        .object([
            "files": .array(
                .object([
                    "kind": .word(["checkpoint", "samples"]), "step": .count, "digest": .string, "state": .word(["intact", "damaged", "missing", "deleted"]), "found": .nullable(.string),
                    "tensor": .nullable(.string), "problem": .nullable(.string),
                ])),
        ]))
}
