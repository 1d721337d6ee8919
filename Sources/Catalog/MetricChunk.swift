/// The values of one metric over 512 consecutive steps, packed for a blob.
///
/// n points take 10 n bytes: n offsets from the chunk's first step (UInt16, little-endian, ascending), then n values
/// (IEEE binary64 bits, little-endian). A missing value is a NaN.
struct MetricChunk: Equatable {
    static let span = 512

    private(set) var offsets: [UInt16] = []
    private(set) var values: [Double] = []

    static func index(ofStep step: Int) -> Int { step / span }

    init() {}

    /// Nil for bytes that `packed` cannot have written.
    init?(packed bytes: [UInt8]) {
        guard bytes.count % 10 == 0 else { return nil }
        let count = bytes.count / 10
        for index in 0..<count {
            offsets.append(UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8)
        }
        for index in 0..<count {
            var bits: UInt64 = 0
            for byte in 0..<8 { bits |= UInt64(bytes[2 * count + 8 * index + byte]) << (8 * byte) }
            values.append(Double(bitPattern: bits))
        }
        guard zip(offsets, offsets.dropFirst()).allSatisfy({ $0 < $1 }), offsets.allSatisfy({ $0 < MetricChunk.span }) else {
            return nil
        }
    }

    var packed: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(10 * offsets.count)
        for offset in offsets {
            bytes.append(UInt8(truncatingIfNeeded: offset))
            bytes.append(UInt8(truncatingIfNeeded: offset >> 8))
        }
        for value in values {
            for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> (8 * byte))) }
        }
        return bytes
    }

    /// Stores the value of a step of this chunk. Returns false if it replaced a different value.
    mutating func put(_ value: Double, atStep step: Int) -> Bool {
        let offset = UInt16(step % MetricChunk.span)
        var low = 0
        var high = offsets.count
        while low < high {
            let middle = (low + high) / 2
            if offsets[middle] < offset { low = middle + 1 } else { high = middle }
        }
        guard low < offsets.count, offsets[low] == offset else {
            offsets.insert(offset, at: low)
            values.insert(value, at: low)
            return true
        }
        let old = values[low]
        values[low] = value
        return old.bitPattern == value.bitPattern || (old.isNaN && value.isNaN)
    }
}
