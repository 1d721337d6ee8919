import Canonical
import Codecs
import Labs
package import Results
import Storage

extension Workbench {
    /// A moment of a lab of its storage.
    package nonisolated var labMoment: @Sendable (_ id: String, _ branch: String?, _ step: Int?) throws -> LabMoment {
        { [labs = storage.labs] in try LabMoments.find($0, branch: $1, step: $2, in: labs) }
    }
}

/// Moments of labs for cells of notebooks.
enum LabMoments {
    /// - Errors: `ResultsError.nothingShown` for what was not recorded
    static func find(_ id: String, branch: String?, step: Int?, in labs: String) throws -> LabMoment {
        do {
            let folder = try LabFolder(id, in: labs), branch = try folder.branch(branch ?? id).id
            guard let step = try step ?? folder.recorded(branch).last, FileSystem.exists(folder.frame(branch, step: step)), FileSystem.exists(folder.reference(branch)) else {
                throw ResultsError.nothingShown("branch \(branch) of lab \(id) has no recorded frame" + (step.map { " at step \($0)" } ?? ""))
            }
            let bytes = try FileSystem.read(folder.frame(branch, step: step), limit: 1 << 22)
            let frame = try LabFrame(reading: bytes), reference = try LabFrame(reading: FileSystem.read(folder.reference(branch), limit: 1 << 22))
            return LabMoment(
                digest: Digest.sha256(bytes).hex, picture: PNG.encode(LabPicture.image(frame, reference: reference)), words: words(frame, try folder.branch(branch)),
                address: "/labs/\(id)?branch=\(branch)&step=\(step)")
        } catch let error as LabError {
            throw ResultsError.nothingShown("\(error)")
        }
    }

    private static func words(_ frame: LabFrame, _ branch: LabBranch) -> String {
        func rounded(_ name: String) -> String { frame.facts[name]?.numberValue.map { "\(($0 * 1000).rounded() / 1000)" } ?? "none" }
        let specification = branch.specification
        var words = "\(specification.model) on \(specification.distribution.name) after step \(frame.facts["step"]?.integerValue ?? 0), seed \(specification.seed):"
            + " KL divergence \(rounded("kl")) nats, Jensen-Shannon divergence \(rounded("js"))"
        if let modes = frame.facts["modes"], let soft = modes["soft"]?.integerValue, let all = modes["all"]?.integerValue { words += ", \(soft) of \(all) modes" }
        return words + "."
    }
}
