import Canonical
import Testing

@Suite struct DigestTests {
    // FIPS 180-4 examples.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ]) func knownAnswers(text: String, hex: String) throws {
        #expect(Digest.sha256(text).hex == hex)
        #expect(try Digest(hex: hex.uppercased()) == Digest.sha256(text))
        #expect(Digest.sha256(text).short == String(hex.prefix(12)))
    }

    @Test func piecesDoNotMatter() {
        var builder = Digest.Builder()
        builder.update("a")
        builder.update([UInt8](Array("bc".utf8)))
        #expect(builder.finish() == Digest.sha256("abc"))
    }

    @Test func ordersLikeItsText() throws {
        let digests = (0..<50).map { Digest.sha256("\($0)") }
        #expect(digests.sorted().map(\.hex) == digests.map(\.hex).sorted())
    }

    @Test(arguments: ["", "12", String(repeating: "g", count: 64), String(repeating: "a", count: 65)])
    func refuses(hex: String) {
        #expect(throws: DigestError.self) { try Digest(hex: hex) }
    }
}
