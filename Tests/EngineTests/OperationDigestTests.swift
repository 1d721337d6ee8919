import Canonical
import Testing

@testable import Engine

/// One digest for any number of threads and any kernel set, for every operation; each digest is pinned.
///
/// The pinned digests guard the numerics version: if one changes, raise `Version.numerics` and give the reason
/// under "Numbers changed" in CHANGELOG.md.
@Suite struct OperationDigestTests {
    static let threadCounts = [1, 2, 3, 8]

    static func digest(_ tensors: [[Float]]) -> String {
        var builder = Digest.Builder()
        for tensor in tensors {
            builder.update("\(tensor.count):")
            builder.update(tensor.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } })
        }
        return builder.finish().hex
    }

    /// Runs the same work with every kernel set and number of threads, and returns the common digest.
    static func agreed(_ work: (CPUDevice) throws -> [[Float]]) throws -> String {
        let reference = digest(try work(CPUDevice(threads: 1, kernels: .scalar)))
        for kernels in KernelSet.available {
            for threads in threadCounts {
                let found = digest(try work(CPUDevice(threads: threads, kernels: kernels)))
                #expect(found == reference, "\(kernels.rawValue) kernels on \(threads) threads")
            }
        }
        return reference
    }

    @Test(arguments: OperationCase.all) func ofAnOperation(_ operation: OperationCase) throws {
        let golden = try #require(try OperationFixture.shared.get().operation(operation.name))
        let found = try Self.agreed { device in
            let run = try OperationRun(operation, golden, device: device)
            return run.outputs + run.gradients
        }
        #expect(found.hasPrefix(PinnedDigests.operations[operation.name] ?? "none pinned"), "\(operation.name): \(found)")
    }

    @Test func nothingIsPinnedInVain() {
        #expect(Set(PinnedDigests.operations.keys) == Set(OperationCase.all.map(\.name)))
    }

    @Test func ofAShortTraining() throws {
        let found = try Self.agreed { try SmallTraining().run(steps: 3, device: $0) }
        #expect(found == PinnedDigests.training)
    }

    @Test func anotherSeedGivesOtherBits() throws {
        let first = try SmallTraining().run(steps: 1, device: CPUDevice())
        let second = try SmallTraining(seed: 2).run(steps: 1, device: CPUDevice())
        #expect(Self.digest(first) != Self.digest(second))
    }
}
