import Canonical
import Foundation
import TestSupport
import Testing

@Suite("Input files and their encoding")
struct InputTests {
    /// A file, a folder, an endless file, and the exact size limit.
    @Test func filesAndLimits() throws {
        let folder = try TemporaryFolder("input")
        let path = try folder.write(Array("0123456789".utf8), as: "file")
        #expect(try FileSystem.readInput(path, limit: 10) == Array("0123456789".utf8))
        #expect(throws: FileError("read", path, reason: "it exceeds the limit of 9 bytes")) { try FileSystem.readInput(path, limit: 9) }
        #expect(throws: FileError("read", "/dev/zero", reason: "it exceeds the limit of 100000 bytes")) { try FileSystem.readInput("/dev/zero", limit: 100_000) }
        #expect(throws: FileError("read", folder.path, code: EISDIR)) { try FileSystem.readInput(folder.path, limit: 9) }
        #expect(throws: FileError("open", folder.path("none"), code: ENOENT)) { try FileSystem.readInput(folder.path("none"), limit: 9) }
        #expect(try FileSystem.readInput("/dev/null", limit: 0) == [])
    }

    /// The size that the system reports is no promise: the files of /proc have none.
    @Test(.enabled(if: FileSystem.exists("/proc/self/statm"))) func filesWithoutASize() throws {
        let words = String(decoding: try FileSystem.read("/proc/self/statm"), as: UTF8.self).split(whereSeparator: \.isWhitespace)
        #expect(words.count == 7 && words.allSatisfy { Int($0) != nil }, "\(words)")
        #expect(throws: FileError.self) { try FileSystem.read("/proc/self/statm", limit: 3) }
    }

    /// Reading a line from a pipe consumes nothing after it; the descriptor stays open, and a closed one is an error.
    @Test func pipesAndLines() throws {
        var ends: [Int32] = [0, 0]
        #expect(unsafe pipe(&ends) == 0)
        let text = Array("one\ntwo".utf8)
        #expect(unsafe write(ends[1], text, text.count) == text.count)
        #expect(try FileSystem.readInput(descriptor: ends[0], name: "a pipe", limit: 3, upTo: 10) == Array("one".utf8))
        #expect(unsafe write(ends[1], text, 3) == 3)
        close(ends[1])
        #expect(try FileSystem.readInput(descriptor: ends[0], name: "a pipe", limit: 100, upTo: 10) == Array("twoone".utf8))
        close(ends[0])
        #expect(throws: FileError("read", "a pipe", code: EBADF)) { try FileSystem.readInput(descriptor: 1 << 20, name: "a pipe", limit: 1) }
    }

    /// No UTF-8 text that can be JSON is mistaken for another encoding, and every other encoding of it is recognized.
    @Test func encodingsAreTold() throws {
        for text in ["{}", "[1]", "1", "12", "\"\"", " {", "null", "", "{\"é\":1}", "\t\n{"] {
            let bytes = Array(text.utf8)
            #expect(TextEncoding.foreign(bytes) == nil && TextEncoding.foreign([0xEF, 0xBB, 0xBF] + bytes) == nil, "\(text)")
            #expect(TextEncoding.withoutMark([0xEF, 0xBB, 0xBF] + bytes) == bytes && TextEncoding.withoutMark(bytes) == bytes)
            guard !text.isEmpty else { continue }
            let (little, big) = (text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }, text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] })
            let wide: [[UInt8]] = text.unicodeScalars.map { [UInt8($0.value & 255), 0, 0, 0] }
            for bytes in [little, big, [0xFF, 0xFE] + little, [0xFE, 0xFF] + big] { #expect(TextEncoding.foreign(bytes) == "UTF-16", "\(bytes)") }
            for bytes in [Array(wide.joined()), wide.flatMap { Array($0.reversed()) }, [0xFF, 0xFE, 0, 0] + Array(wide.joined())] {
                #expect(TextEncoding.foreign(bytes) == "UTF-32", "\(bytes)")
            }
        }
        #expect(try JSONValue(document: [0xEF, 0xBB, 0xBF] + Array("[1]".utf8)) == [1])
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0xEF, 0xBB, 0xBF] + Array("[1]".utf8)) }
        #expect(throws: JSONError.self) { try JSONValue(document: [0xEF, 0xBB, 0xBF, 0xEF, 0xBB, 0xBF] + Array("[1]".utf8)) }
    }
}
