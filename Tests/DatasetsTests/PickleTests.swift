import TestSupport
import Testing

@testable import Datasets

@Suite struct PickleTests {
    /// A batch of one image as written by Python 2: protocol 2, texts as byte strings.
    private static let sound: [UInt8] = {
        func text(_ s: String) -> [UInt8] { [UInt8(ascii: "U"), UInt8(s.utf8.count)] + Array(s.utf8) }
        var p: [UInt8] = [0x80, 2] + Array("}q\u{01}(".utf8) + text("batch_label") + text("one")
        p += text("labels") + Array("]q\u{02}".utf8) + [UInt8(ascii: "K"), 7, UInt8(ascii: "a")] + text("data")
        p += Array("cnumpy.core.multiarray\n_reconstruct\nq\u{03}cnumpy\nndarray\n".utf8) + [UInt8(ascii: "K"), 0, 0x85] + text("b") + [0x87, UInt8(ascii: "R")]
        p += Array("(K\u{01}K\u{01}M".utf8) + [0x00, 0x0C, 0x86] + Array("cnumpy\ndtype\n".utf8) + text("u1") + Array("K".utf8) + [0] + Array("K".utf8) + [1, 0x87]
        p += Array("R(K\u{03}".utf8) + text("|") + Array("NNNJ".utf8) + [0xFF, 0xFF, 0xFF, 0xFF] + Array("J".utf8) + [0xFF, 0xFF, 0xFF, 0xFF] + Array("K".utf8) + [0] + Array("tb".utf8)
        p += [0x89, UInt8(ascii: "T"), 0x00, 0x0C, 0, 0] + (0..<3072).map { UInt8($0 % 251) } + Array("tbu.".utf8)
        return p
    }()

    @Test func aBatch() throws {
        let batch = try PickledBatch(parsing: Self.sound, file: "f")
        #expect(batch.labels == [7] && batch.data == (0..<3072).map { UInt8($0 % 251) })
    }

    /// What a general unpickler would execute.
    @Test(arguments: ["cos\nsystem\n(U\u{04}truetR.", "cbuiltins\neval\n(U\u{01}1tR.", "cnumpy\ndtype\n(U\u{02}O8tR.", "i", "cos\nsystem\n."])
    func nothingIsExecuted(program: String) throws {
        let bytes = [0x80, 2] + Array(program.utf8)
        #expect(throws: DatasetError.self) { try PickledBatch(parsing: bytes, file: "f") }
    }

    @Test func everyTruncationIsFound() {
        for length in Self.sound.indices { #expect(throws: DatasetError.self) { try PickledBatch(parsing: Array(Self.sound[..<length]), file: "f") } }
    }

    @Test func noDamageTraps() {
        var random = TestRandom(seed: 3)
        let frame = (0..<200).map { $0 } + (Self.sound.count - 20..<Self.sound.count).map { $0 }
        for _ in 0..<5000 {
            var bytes = Self.sound
            for _ in 0...Int.random(in: 0..<3, using: &random) {
                let place = frame[Int.random(in: 0..<frame.count, using: &random)]
                guard place < bytes.count else { continue }
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                default: bytes.insert(bytes[Int.random(in: 0..<120, using: &random)], at: place)
                }
            }
            if let batch = try? PickledBatch(parsing: bytes, file: "f") { #expect(batch.data.count == 3072 * batch.labels.count) }
        }
    }
}
