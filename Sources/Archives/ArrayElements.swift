#if _endian(big)
#error("archives contain little-endian numbers, and this code copies memory without conversion")
#endif

/// The elements of an array, with their type.
public enum ArrayElements: Sendable, Equatable {
    case float32([Float])
    case float64([Double])
    case int64([Int64])
    case uint8([UInt8])

    /// Number of elements.
    public var count: Int {
        switch self {
        case .float32(let values): values.count
        case .float64(let values): values.count
        case .int64(let values): values.count
        case .uint8(let values): values.count
        }
    }

    /// The element type.
    public var kind: ElementKind {
        switch self {
        case .float32: .float32
        case .float64: .float64
        case .int64: .int64
        case .uint8: .uint8
        }
    }

    /// Calls `body` with the raw little-endian memory of the elements.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch self {
        case .float32(let values): unsafe values.withUnsafeBytes(body)
        case .float64(let values): unsafe values.withUnsafeBytes(body)
        case .int64(let values): unsafe values.withUnsafeBytes(body)
        case .uint8(let values): unsafe values.withUnsafeBytes(body)
        }
    }

    /// Creates elements from little-endian memory. - Precondition: its size is a multiple of the element size.
    init(_ kind: ElementKind, copying bytes: ArraySlice<UInt8>) {
        switch kind {
        case .float32: self = .float32(Self.copy(bytes, of: Float.self))
        case .float64: self = .float64(Self.copy(bytes, of: Double.self))
        case .int64: self = .int64(Self.copy(bytes, of: Int64.self))
        case .uint8: self = .uint8(Array(bytes))
        }
    }

    private static func copy<Value: BitwiseCopyable>(_ bytes: ArraySlice<UInt8>, of type: Value.Type) -> [Value] {
        let count = bytes.count / MemoryLayout<Value>.size
        return unsafe [Value](unsafeUninitializedCapacity: count) { target, initialized in
            unsafe bytes.withUnsafeBytes { unsafe UnsafeMutableRawBufferPointer(target).copyMemory(from: $0) }
            initialized = count
        }
    }

    /// Bitwise equality. Unlike `==`, a NaN equals itself and 0 differs from -0.
    public func isIdentical(to other: ArrayElements) -> Bool {
        switch (self, other) {
        case (.float32(let a), .float32(let b)): a.elementsEqual(b) { $0.bitPattern == $1.bitPattern }
        case (.float64(let a), .float64(let b)): a.elementsEqual(b) { $0.bitPattern == $1.bitPattern }
        default: self == other
        }
    }
}
