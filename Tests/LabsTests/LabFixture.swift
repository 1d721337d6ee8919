import Canonical
import TestSupport

@testable import Labs

/// Labs with small networks.
enum LabFixture {
    static let layers: JSONValue = ["layers": 2, "units": 12]

    static func specification(_ more: [String: JSONValue] = [:]) throws -> LabSpecification {
        var fields: [String: JSONValue] = ["generator": layers, "discriminator": layers, "batch": 16]
        fields.merge(more) { $1 }
        if fields["model"] == "realnvp" {
            (fields["generator"], fields["discriminator"]) = (["units": 12], nil)
        }
        return try LabSpecification(reading: .object(fields))
    }

    static func inFolder(_ body: (_ path: String) throws -> Void) throws {
        let folder = try TemporaryFolder("lab")
        try body(folder.path)
        withExtendedLifetime(folder) {}
    }

    /// The frame of a step, from the beginning.
    static func frame(_ chain: [LabBranch], step: Int, threads: Int = 1) throws -> LabFrame {
        let trainer = try LabTrainer(chain, threads: threads)
        try trainer.advance(to: step)
        return trainer.frame()
    }
}

extension LabFrame {
    /// The bits of an array.
    func bits(_ name: String) -> [UInt32] { part(name)?.values.map(\.bitPattern) ?? [] }
}
