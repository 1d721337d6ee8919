import Catalog
import Logging

extension Workbench {
    /// Compares a rerun that has ended with its original and writes the verdict. Does nothing for a run that is no rerun.
    /// A cancelled rerun has no verdict.
    func concludeVerification(ofRerun rerun: RunRecord) throws {
        guard let open = try catalog.readNow({ try $0.verification(byRerun: rerun.number) }), open.state == .running else { return }
        if rerun.state == .cancelled {
            try catalog.writeNow { try $0.abandonVerification(rerun: rerun.number) }
            return
        }
        let verdict = try catalog.readNow { reader in
            Verifier.compare(
                try Verifier.Side(try reader.requiredRun(open.original), reader), try Verifier.Side(rerun, reader))
        }
        try catalog.writeNow { try $0.finishVerification(rerun: rerun.number, verdict, at: now) }
        logger.info("run \(rerun.id) against \(open.original): \(verdict.state.rawValue)")
        tell(run: open.original)
        tell(run: rerun.id)
    }
}
