internal import CKernels
import Graphs
import Numerics

/// Gauss-Jordan elimination with partial pivoting in double precision, sequential and in place: the inverse of a matrix or the logarithm of its determinant.
///
/// Column k's pivot is the first of the elements of greatest magnitude in rows k ... n - 1. The operations and their order depend on n and the values alone,
/// without fused multiply-adds, so every processor and every number of threads gives the same bits.
@unsafe struct Elimination {
    let size: Int
    private let elements: UnsafeMutablePointer<Double>
    /// For each column the row that was exchanged with it.
    private let exchanges: UnsafeMutablePointer<Int>
    private let kernels: UnsafePointer<FidLinear>

    /// - Parameter scratch: `bytes(size:)` bytes, aligned for Double
    init(size: Int, scratch: UnsafeMutableRawPointer, kernels set: FidKernelSet) {
        guard let kernels = unsafe fid_linear(set) ?? fid_linear(FID_SCALAR) else { preconditionFailure("no linear algebra") }
        unsafe (self.size, self.kernels) = (size, kernels)
        unsafe elements = scratch.bindMemory(to: Double.self, capacity: size * size)
        unsafe exchanges = (scratch + 8 * size * size).bindMemory(to: Int.self, capacity: size)
    }

    /// Bytes of scratch memory for a matrix of this size.
    static func bytes(size: Int) -> Int { 8 * size * size + MemoryLayout<Int>.stride * size }

    func compute(_ function: MatrixFunction, of matrix: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>) {
        var isFinite = true
        for place in unsafe 0..<size * size {
            unsafe elements[place] = Double(matrix[place])
            unsafe isFinite = isFinite && matrix[place].isFinite
        }
        switch function {
        case .logAbsoluteDeterminant: unsafe result[0] = isFinite ? Self.settled(logAbsoluteDeterminant()) : .nan
        case .inverse:
            let isRegular = unsafe isFinite && invert()
            for place in unsafe 0..<size * size { unsafe result[place] = isRegular ? Self.settled(elements[place]) : .nan }
        }
    }

    private static func settled(_ value: Double) -> Float { value.isNaN ? .nan : Float(value) }

    /// Moves the pivot of a column to its diagonal. - Returns: the pivot; 0 if the matrix is singular
    private func pivot(_ k: Int) -> Double {
        var row = k
        for candidate in unsafe k + 1..<Swift.max(size, k + 1) where unsafe abs(elements[candidate * size + k]) > abs(elements[row * size + k]) { row = candidate }
        unsafe exchanges[k] = row
        if row != k {
            for column in unsafe 0..<size {
                unsafe (elements[k * size + column], elements[row * size + column]) = (elements[row * size + column], elements[k * size + column])
            }
        }
        return unsafe elements[k * size + k]
    }

    /// The sum of the logarithms of the pivots, in order.
    private func logAbsoluteDeterminant() -> Double {
        var sum = 0.0
        for k in unsafe 0..<size {
            let pivot = unsafe pivot(k)
            if pivot == 0 { return -.infinity }
            sum += RealFunctions.logarithm(abs(pivot))
            unsafe kernels.pointee.eliminate(elements, Int64(size), Int64(k), Int64(k + 1), Int64(k + 1), pivot)
        }
        return sum
    }

    /// Replaces the matrix by its inverse. - Returns: false if it is singular
    private func invert() -> Bool {
        for k in unsafe 0..<size {
            let pivot = unsafe pivot(k)
            if pivot == 0 { return false }
            unsafe elements[k * size + k] = 1
            for column in unsafe 0..<size { unsafe elements[k * size + column] /= pivot }
            unsafe kernels.pointee.eliminate(elements, Int64(size), Int64(k), 0, 0, 1)
        }
        // The rows were exchanged before the elimination, so the columns of the inverse are exchanged in reverse order.
        for k in unsafe (0..<size).reversed() where unsafe exchanges[k] != k {
            let other = unsafe exchanges[k]
            for row in unsafe 0..<size {
                unsafe (elements[row * size + k], elements[row * size + other]) = (elements[row * size + other], elements[row * size + k])
            }
        }
        return true
    }
}
