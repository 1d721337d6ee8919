import Catalog
import Events
import Foundation
import Testing

@testable import Execution

@Suite("Tailing a file that another process writes")
struct EventTailTests {
    private let path = NSTemporaryDirectory() + "tail-" + UUID().uuidString

    private func line(_ step: Int) -> String {
        #"{"type":"progress","time":1,"step":\#(step),"steps":9,"rate":1,"remaining":1}"# + "\n"
    }

    private func write(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }

    private func steps(_ batch: EventBatch?) -> [Int] {
        (batch?.events ?? []).compactMap { if case .progress(let step, _, _, _) = $0.kind { step } else { nil } }
    }

    @Test func aTornLineWaitsForItsEnd() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        var tail = EventTail(path: path, offset: 0)
        #expect(try tail.next() == nil)
        let whole = line(1) + line(2)
        try write(String(whole.dropLast(5)))
        #expect(steps(try tail.next()) == [1])
        #expect(try tail.next() == nil)
        try write(whole + line(3))
        #expect(steps(try tail.next()) == [2, 3])
        #expect(tail.offset == Int64((whole + line(3)).utf8.count))
    }

    @Test(arguments: 1..<60)
    func everyTearIsHarmless(cut: Int) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let whole = line(1) + line(2)
        try write(String(whole.prefix(cut)))
        var tail = EventTail(path: path, offset: 0)
        var seen = steps(try tail.next())
        try write(whole)
        seen += steps(try tail.next())
        #expect(seen == [1, 2])
    }

    @Test func aShorterFileIsReadAgain() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try write(line(1) + line(2))
        var tail = EventTail(path: path, offset: 0)
        _ = try tail.next()
        try write(line(1))
        let again = try tail.next()
        #expect(again?.start == 0 && steps(again) == [1])
    }

    @Test func aPlaceInsideALineIsNotTrusted() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try write(line(1) + line(2))
        var tail = EventTail(path: path, offset: 10)
        #expect(try tail.next()?.start == 0)
        var right = EventTail(path: path, offset: Int64(line(1).utf8.count))
        #expect(steps(try right.next()) == [2])
    }

    @Test func damagedLinesAreNamedAndPassed() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try write("garbage\n\u{0}\n" + line(4))
        var tail = EventTail(path: path, offset: 0)
        let batch = try tail.next()
        #expect(batch?.damaged.count == 2 && steps(batch) == [4])
    }
}
