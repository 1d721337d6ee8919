import Catalog
import Events
import Foundation

/// Reads the complete lines that a worker appends to `events.ndjson`, starting where the last read ended.
///
/// A last line without a line feed is left for later: its writer may be writing it or may have died; a resumed worker truncates such
/// a line. If the file is shorter than what was read, or has no line end at that offset, it is read from the beginning
/// again: rows have natural keys, so nothing is counted twice.
struct EventTail {
    let path: String
    private(set) var offset: Int64
    private var isChecked = false

    /// The most bytes read at a time, and therefore the longest line.
    static let largestPiece = 4 << 20

    init(path: String, offset: Int64) {
        self.path = path
        self.offset = offset
    }

    /// The next complete lines; nil if there is nothing new.
    mutating func next() throws -> EventBatch? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        let size = Int64(try file.seekToEnd())
        if size < offset || !isChecked {
            if try !endsLine(file, size: size) { offset = 0 }
            isChecked = true
        }
        guard size > offset else { return nil }
        try file.seek(toOffset: UInt64(offset))
        let piece = [UInt8](try file.read(upToCount: EventTail.largestPiece) ?? Data())
        guard let end = piece.lastIndex(of: 10) ?? (piece.count == EventTail.largestPiece ? piece.count - 1 : nil) else { return nil }
        let batch = EventTail.batch(Array(piece[...end]), start: offset)
        offset = batch.end
        return batch
    }

    private func endsLine(_ file: FileHandle, size: Int64) throws -> Bool {
        if offset == 0 { return true }
        guard size >= offset else { return false }
        try file.seek(toOffset: UInt64(offset - 1))
        return try file.read(upToCount: 1)?.first == 10
    }

    private static func batch(_ bytes: [UInt8], start: Int64) -> EventBatch {
        var events: [RunEvent] = []
        var damaged: [EventError] = []
        for line in bytes.split(separator: 10) {
            do throws(EventError) {
                events.append(try RunEvent(line: Array(line)))
            } catch {
                damaged.append(error)
            }
        }
        return EventBatch(start: start, end: start + Int64(bytes.count), events: events, damaged: damaged)
    }
}
