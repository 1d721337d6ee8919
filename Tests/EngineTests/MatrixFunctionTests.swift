import Foundation
import TestSupport
import Testing

@testable import Engine
@testable import Graphs

/// Inverse and determinant of square matrices: known values, singular and invalid matrices, pivoting, and one result for any threads and kernels.
@Suite struct MatrixFunctionTests {
    private static func run(_ matrix: [Float], size: Int, device: any Device = CPUDevice()) throws -> (inverse: [Float], logarithm: Float) {
        let graph = Graph()
        let a = graph.input("a", [size, size])
        let session = Session(
            try Plan(graph, outputs: [("inverse", a.matrixInverse()), ("logarithm", a.logAbsoluteDeterminant())]), store: TensorStore(), device: device, seed: 0)
        session.setInput("a", matrix)
        session.run(step: 0)
        return (session.output("inverse"), session.output("logarithm")[0])
    }

    /// A well-conditioned matrix: the identity times 2 plus noise, its rows rotated so that elimination has to exchange them.
    static func matrix(_ size: Int) -> [Float] {
        let noise = GradientTests.values(size * size, size, -1, 1)
        return (0..<size * size).map { place in
            let (row, column) = (place / size, place % size)
            return noise[place] / Float(size) + ((row + 1) % size == column ? 2 : 0)
        }
    }

    @Test func knownMatrices() throws {
        let two = try Self.run([1, 2, 3, 4], size: 2)
        #expect(two.inverse == [-2, 1, 1.5, -0.5] && two.logarithm == Float(log(2.0)))
        // The first pivot is 0: rows have to be exchanged.
        let swapped = try Self.run([0, 1, 2, 0], size: 2)
        #expect(swapped.inverse == [0, 0.5, 1, 0] && swapped.logarithm == Float(log(2.0)))
        #expect(try Self.run([-0.25], size: 1) == ([-4], Float(log(0.25))))
    }

    @Test func singularAndInvalidMatrices() throws {
        let singular = try Self.run([1, 2, 2, 4], size: 2)
        #expect(singular.logarithm == -.infinity && singular.inverse.allSatisfy { $0.bitPattern == Float.nan.bitPattern })
        for bad in [Float.nan, .infinity] {
            let found = try Self.run([1, bad, 0, 1], size: 2)
            #expect(([found.logarithm] + found.inverse).allSatisfy { $0.bitPattern == Float.nan.bitPattern })
        }
    }

    @Test(arguments: [1, 2, 3, 7, 12, 48, 96]) func theProductWithTheInverseIsTheIdentity(size: Int) throws {
        let matrix = Self.matrix(size), inverse = try Self.run(matrix, size: size).inverse
        var worst = 0.0
        for row in 0..<size {
            for column in 0..<size {
                var sum = 0.0
                for k in 0..<size { sum += Double(matrix[row * size + k]) * Double(inverse[k * size + column]) }
                worst = max(worst, abs(sum - (row == column ? 1 : 0)))
            }
        }
        #expect(worst < 2e-7, "\(worst)")
    }

    @Test(arguments: [2, 17, 64]) func threadsAndKernelsGiveTheSameBits(size: Int) throws {
        let matrix = Self.matrix(size), reference = try Self.run(matrix, size: size, device: CPUDevice(threads: 1, kernels: .scalar))
        for kernels in KernelSet.available {
            for threads in [1, 2, 3] {
                let found = try Self.run(matrix, size: size, device: CPUDevice(threads: threads, kernels: kernels))
                #expect(BitPatterns.difference(found.inverse, reference.inverse) == nil && found.logarithm.bitPattern == reference.logarithm.bitPattern)
            }
        }
    }

    @Test func aMatrixThatIsNotSquareIsRefused() async {
        await #expect(processExitsWith: .failure) { _ = Graph().input("a", [2, 3]).matrixInverse() }
    }
}
