package import Canonical
package import Catalog
import Codecs
package import Storage
import Training

/// The files of sample grids, compared with their digest before they are shown.
package enum SampleGridFile {
    /// The PNG of a sample grid.
    /// - Errors: `ResultsError.nothingShown` for a file that is not there, `SampleGridDamaged`, `FileError`
    package static func picture(ofRun run: String, _ sample: SampleRecord, in storage: StorageFolder) throws -> [UInt8] {
        let path = storage.run(run).path + "/" + sample.file
        guard FileSystem.exists(path) else { throw ResultsError.nothingShown("the sample grid of run \(run) at step \(sample.step) is not in the storage") }
        let bytes = try FileSystem.read(path, limit: 1 << 28)
        guard let pixels = try? PNG.decode(bytes).pixels, Digest.sha256(pixels).hex == sample.digest else { throw SampleGridDamaged(run: run, step: sample.step) }
        return bytes
    }

    /// Whether the file of a sample grid has the pixels that its digest names.
    package static func check(ofRun run: String, _ sample: SampleRecord, in storage: StorageFolder) -> JSONValue {
        var fields: [String: JSONValue] = ["kind": "samples", "step": .count(sample.step), "digest": .string(sample.digest), "state": "intact", "found": .null, "tensor": .null, "problem": .null]
        do {
            _ = try picture(ofRun: run, sample, in: storage)
        } catch let error as SampleGridDamaged {
            (fields["state"], fields["problem"]) = ("damaged", .string("\(error)"))
        } catch {
            fields["state"] = "missing"
        }
        return .object(fields)
    }
}

/// The file of a sample grid has other pixels than its digest names.
package struct SampleGridDamaged: Error, CustomStringConvertible {
    /// The run.
    package let run: String
    /// The step.
    package let step: Int

    package var description: String { "The sample grid of run \(run) at step \(step) is damaged" }
}
