import CCodecs

/// One-shot compression and decompression.
public enum Deflate {
    /// Compresses `bytes`. The result depends only on the bytes, level, format, strategy, and zlib version.
    /// - Parameters:
    ///   - level: 0 stores, 1 is fastest, 9 is smallest.
    ///   - strategy: `.runs` for data without repeated sequences, such as network weights.
    public static func compress(
        _ bytes: ArraySlice<UInt8>, format: DeflateFormat, level: Int = 6, strategy: DeflateStrategy = .words
    ) -> [UInt8] {
        precondition(0...9 ~= level, "level \(level) is not in 0...9")
        guard let stream = unsafe fc_deflate_open(format.code, Int32(level), strategy == .runs) else {
            fatalError("out of memory")
        }
        defer { unsafe fc_close(stream) }
        let bound = fc_deflate_bound(bytes.count)
        return unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, count in
            unsafe bytes.withUnsafeBufferPointer { source in
                unsafe run(stream, source, target, &count)
            }
        }
    }

    /// The same for an array.
    public static func compress(
        _ bytes: [UInt8], format: DeflateFormat, level: Int = 6, strategy: DeflateStrategy = .words
    ) -> [UInt8] {
        compress(bytes[...], format: format, level: level, strategy: strategy)
    }

    private static func run(
        _ stream: OpaquePointer, _ source: UnsafeBufferPointer<UInt8>, _ target: UnsafeMutableBufferPointer<UInt8>,
        _ count: inout Int
    ) {
        var taken = 0
        while true {
            var (eaten, produced) = (0, 0)
            let status = unsafe fc_deflate_step(
                stream, source.baseAddress.map { unsafe $0 + taken }, source.count - taken, &eaten,
                target.baseAddress! + count, target.count - count, &produced, true)
            taken += eaten
            count += produced
            if status == FC_END.rawValue { return }
            precondition(status == FC_CONTINUE.rawValue && (eaten > 0 || produced > 0), "deflate stalled")
        }
    }

    /// Decompresses a stream that spans `bytes` exactly.
    /// - Errors: `CompressionError`: damage, truncation, trailing bytes, or content of more than `limit` bytes.
    public static func decompress(
        _ bytes: ArraySlice<UInt8>, format: DeflateFormat, limit: Int
    ) throws(CompressionError) -> [UInt8] {
        var output: [UInt8] = []
        let count = try decompressPrefix(bytes, format: format, limit: limit, into: &output)
        guard count == bytes.count else { throw CompressionError(problem: .trailing, offset: count) }
        return output
    }

    /// The same for an array.
    public static func decompress(
        _ bytes: [UInt8], format: DeflateFormat, limit: Int
    ) throws(CompressionError) -> [UInt8] {
        try decompress(bytes[...], format: format, limit: limit)
    }

    /// Decompresses the stream at the start of `bytes` and appends it to `output`, which may grow to `limit` bytes.
    /// - Returns: the compressed length of the stream.
    public static func decompressPrefix(
        _ bytes: ArraySlice<UInt8>, format: DeflateFormat, limit: Int, into output: inout [UInt8]
    ) throws(CompressionError) -> Int {
        var inflater = Inflater(format)
        // The deflate ratio is at most 1032: the reservation never exceeds the possible output.
        output.reserveCapacity(min(limit, output.count + min(bytes.count, 1 << 40) * 1032) + 1)
        // One byte beyond the limit distinguishes "exactly the limit" from "more".
        let count = try inflater.step(bytes, into: &output, capacity: limit - output.count + 1)
        guard output.count <= limit else { throw CompressionError(problem: .tooLarge(limit: limit), offset: count) }
        guard inflater.isFinished else { throw CompressionError(problem: .truncated, offset: bytes.count) }
        return count
    }
}

/// The container format of a deflate stream.
public enum DeflateFormat: Sendable, CaseIterable {
    /// RFC 1951, raw, as in zip archives.
    case raw
    /// RFC 1950: two-byte header, Adler-32 trailer.
    case zlib
    /// RFC 1952: header, CRC-32 and length trailer.
    case gzip

    var code: Int32 {
        switch self {
        case .raw: Int32(FC_RAW.rawValue)
        case .zlib: Int32(FC_ZLIB.rawValue)
        case .gzip: Int32(FC_GZIP.rawValue)
        }
    }
}

/// What the compressor searches for.
public enum DeflateStrategy: Sendable, CaseIterable {
    /// Repeated byte sequences: text, most files.
    case words
    /// Runs of a single byte, and uneven byte frequencies. On float32 network weights it is four times as
    /// fast as the fastest level of `.words` and compresses slightly better (to 92.7 instead of 93.0 percent).
    case runs
}
