import Catalog
import Events
import Canonical
import Foundation
import Training

/// Reads the complete lines that a worker appends to `events.ndjson`, starting where the last read ended.
///
/// A last line without a line feed is left for later: its writer may be writing it or may have died; a resumed worker truncates such
/// a line. If the file is shorter than what was read, or has no line end at that offset, it is read from the beginning
/// again: rows have natural keys, so nothing is counted twice.
struct EventTail {
    private(set) var path: String
    private(set) var offset: Int64
    private var isChecked = false
    /// The folder whose current log is read; nil for a file of its own.
    private var folder: RunFolder?
    /// Whether the offset is one in the file at `path`: after a restart of the server it is not known in which worker's log it was.
    private var isKnown = false

    /// The most bytes read at a time, and therefore the longest line.
    static let largestPiece = 4 << 20

    init(path: String, offset: Int64) {
        self.path = path
        self.offset = offset
    }

    /// Reads the log of a run's latest worker. A worker of another machine begins its own log with a copy of the one before.
    init(folder: RunFolder, offset: Int64) {
        self.init(path: folder.events, offset: offset)
        self.folder = folder
    }

    /// Turns to the log of the latest worker. The bytes that it has in common with the one before are not read again; if more were read, all are.
    private mutating func follow(_ folder: RunFolder) {
        let log = folder.currentLog
        guard log.path != path || !isKnown, let inherited = log.inherited, FileSystem.exists(log.path) else { return }
        if offset > inherited, inherited > 0 || isKnown { offset = 0 }
        (path, isKnown, isChecked) = (log.path, true, false)
    }

    /// The next complete lines; nil if there is nothing new.
    mutating func next() throws -> EventBatch? {
        if let folder { follow(folder) }
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
