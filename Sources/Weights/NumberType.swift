internal import Archives

/// The type of the elements of a tensor.
enum NumberType: Sendable, Equatable {
    case half, bfloat16, single, double
    /// Integers and Booleans, by their size in bytes.
    case integer(Int)

    var size: Int {
        switch self {
        case .half, .bfloat16: 2
        case .single: 4
        case .double: 8
        case .integer(let size): size
        }
    }

    var isReal: Bool { if case .integer = self { false } else { true } }

    /// Converts little-endian bytes, rounding doubles to single precision.
    /// - Precondition: the type is real, and the number of bytes is a multiple of its size.
    func values(_ bytes: ArraySlice<UInt8>) -> [Float] {
        let count = bytes.count / size
        return unsafe bytes.withUnsafeBytes { memory in
            unsafe [Float](unsafeUninitializedCapacity: count) { target, initialized in
                for index in 0..<count { unsafe target[index] = unsafe value(memory, index) }
                initialized = count
            }
        }
    }

    /// - Precondition: the host is little-endian, as in `Archives`.
    private func value(_ memory: UnsafeRawBufferPointer, _ index: Int) -> Float {
        switch self {
        case .half: NumberFormat.half(unsafe memory.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self))
        case .bfloat16: Float(bitPattern: UInt32(unsafe memory.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)) << 16)
        case .single: Float(bitPattern: unsafe memory.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
        case .double: Float(Double(bitPattern: unsafe memory.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)))
        case .integer: preconditionFailure("integers are not weights")
        }
    }
}
