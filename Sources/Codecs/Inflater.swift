import CCodecs

/// Streaming decompression.
// Safe: the pointer is created in init, released in deinit, and never escapes.
@safe public struct Inflater: ~Copyable {
    private let stream: OpaquePointer
    /// Whether the end of the stream has been reached.
    public private(set) var isFinished = false
    /// Number of input bytes consumed so far.
    public private(set) var consumed = 0

    /// Starts a stream in the given container format.
    public init(_ format: DeflateFormat) {
        guard let stream = unsafe fc_inflate_open(format.code) else { fatalError("out of memory") }
        unsafe self.stream = stream
    }

    deinit { unsafe fc_close(stream) }

    /// Appends at most `capacity` bytes of content to `output`, consuming as much of `input` as needed.
    /// - Returns: the number of bytes of `input` consumed. If it is less than all of it, `output` received `capacity`
    ///   bytes, or the stream has ended.
    /// - Errors: `CompressionError.damaged`; `output` contains the data before the damage.
    public mutating func step(
        _ input: ArraySlice<UInt8>, into output: inout [UInt8], capacity: Int
    ) throws(CompressionError) -> Int {
        var taken = 0
        var room = capacity
        var buffer = [UInt8](repeating: 0, count: min(capacity, 1 << 16))
        while !isFinished && room > 0 {
            var (eaten, produced) = (0, 0)
            let status = unsafe input.withUnsafeBufferPointer { source in
                unsafe buffer.withUnsafeMutableBufferPointer { target in
                    unsafe fc_inflate_step(
                        stream, source.baseAddress.map { unsafe $0 + taken }, source.count - taken, &eaten,
                        target.baseAddress, min(room, target.count), &produced)
                }
            }
            output.append(contentsOf: buffer[..<produced])
            taken += eaten
            consumed += eaten
            room -= produced
            try check(UInt32(status))
            if eaten == 0 && produced == 0 { break }
        }
        return taken
    }

    private mutating func check(_ status: UInt32) throws(CompressionError) {
        switch status {
        case FC_CONTINUE.rawValue: break
        case FC_END.rawValue: isFinished = true
        case FC_NO_MEMORY.rawValue: throw CompressionError(problem: .damaged("out of memory"), offset: consumed)
        default:
            let reason = unsafe String(cString: fc_message(stream))
            throw CompressionError(problem: .damaged(reason), offset: consumed)
        }
    }
}
