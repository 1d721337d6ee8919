/// Unsent data of a connection: bytes and file ranges, in order.
struct OutputQueue {
    struct Segment {
        enum Content {
            case bytes([UInt8])
            case file(OpenFile)
        }

        var content: Content
        /// The unsent part of the content.
        var range: Range<Int>
        /// Bytes to report to the body's writer once the segment is sent.
        var credit = 0
    }

    private static let joinedBytes = 16 * 1024

    private var segments: [Segment] = []
    private var firstIndex = 0

    var isEmpty: Bool { firstIndex == segments.count }
    var first: Segment? { isEmpty ? nil : segments[firstIndex] }
    /// Whether there is more than one segment.
    var hasMore: Bool { firstIndex + 1 < segments.count }

    mutating func append(_ bytes: [UInt8], credit: Int = 0) {
        guard !bytes.isEmpty else { return }
        if !isEmpty, bytes.count <= Self.joinedBytes, join(bytes, credit) { return }
        segments.append(Segment(content: .bytes(bytes), range: 0..<bytes.count, credit: credit))
    }

    /// Appends small pieces to the last segment if it is small, so that many small pieces need few system calls.
    private mutating func join(_ bytes: [UInt8], _ credit: Int) -> Bool {
        let last = segments.count - 1
        guard segments[last].range.upperBound + bytes.count <= Self.joinedBytes, case .bytes(var joined) = segments[last].content else { return false }
        segments[last].content = .bytes([])
        joined.append(contentsOf: bytes)
        segments[last].content = .bytes(joined)
        segments[last].range = segments[last].range.lowerBound..<joined.count
        segments[last].credit += credit
        return true
    }

    mutating func append(_ file: OpenFile, _ range: Range<Int>) {
        guard !range.isEmpty else { return }
        segments.append(Segment(content: .file(file), range: range))
    }

    /// Inserts the unsent rest of `bytes` before everything else.
    mutating func prepend(_ bytes: [UInt8], from offset: Int) {
        guard offset < bytes.count else { return }
        let rest = Array(bytes[offset...])
        segments.removeSubrange(0..<firstIndex)
        firstIndex = 0
        segments.insert(Segment(content: .bytes(rest), range: 0..<rest.count), at: 0)
    }

    /// Records that `count` bytes of the first segment were sent. Returns the segment's credit if it is complete.
    mutating func advance(_ count: Int) -> Int {
        let range = segments[firstIndex].range
        if count < range.count {
            segments[firstIndex].range = (range.lowerBound + count)..<range.upperBound
            return 0
        }
        let credit = segments[firstIndex].credit
        firstIndex += 1
        if firstIndex == segments.count {
            segments = []
            firstIndex = 0
        } else if firstIndex >= 16 {
            segments.removeSubrange(0..<firstIndex)
            firstIndex = 0
        }
        return credit
    }
}
