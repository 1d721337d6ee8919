import Canonical
import Catalog

/// A moment of a lab as a cell shows it.
package struct LabMoment: Sendable {
    /// The digest of the recorded frame.
    package var digest: String
    /// The frame as PNG.
    package var picture: [UInt8]
    /// What it shows, in words.
    package var words: String
    /// The page of the moment.
    package var address: String

    /// Makes a moment.
    package init(digest: String, picture: [UInt8], words: String, address: String) { (self.digest, self.picture, self.words, self.address) = (digest, picture, words, address) }
}

extension CellResolver {
    /// Fields: `lab`, `branch` (the root), `step` (the newest that was recorded), `caption`.
    func lab(_ given: CellReader, draws: Bool) throws -> CellOutput {
        var cell = given
        let caption = try cell.caption(), id = try cell.fields.string("lab"), branch = try cell.fields.optionalString("branch")
        let step = try cell.fields.optionalInteger("step", in: 0...Int(Int32.max))
        try cell.finish()
        guard let find = views.lab else { throw cell.fields.error("lab", "labs are shown by the server that has them") }
        let moment = try find(id, branch, step)
        var output = CellOutput()
        output.basis.rows = moment.digest
        output.address = moment.address
        guard draws else { return output }
        // Two sentences.
        let title = caption.map { $0.last.map { ".!?:…".contains($0) } ?? true ? $0 : $0 + "." }
        let below = [title, moment.words].compactMap { $0?.escapedAsHTML }.joined(separator: " ")
        output.html = "<figure class=\"lab-moment\"><img src=\"cid:png\" alt=\"\(moment.words.escapedAsHTML)\" width=\"384\" height=\"384\"><figcaption>\(below)</figcaption></figure>"
        output.forms = [CellOutput.Form(name: "png", type: "image/png", bytes: moment.picture)]
        return output
    }
}
