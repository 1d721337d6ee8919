import Codecs
import TestSupport
import Testing

@Suite struct GzipTests {
    @Test func joinsMembers() throws {
        let (a, b) = (Array("first ".utf8), Array("second".utf8))
        let file = Gzip.compress(a) + Gzip.compress([]) + Gzip.compress(b)
        #expect(Gzip.matches(file))
        #expect(try Gzip.decompress(file, limit: 12) == a + b)
        #expect(try Gzip.decompress(file + [0, 0, 0], limit: 12) == a + b)
        #expect(throws: CompressionError(problem: .tooLarge(limit: 11), offset: file.count)) {
            try Gzip.decompress(file, limit: 11)
        }
    }

    @Test func saysWhereItEnds() {
        let first = Gzip.compress(Array("first".utf8))
        let file = first + Gzip.compress(Array("second".utf8)).dropLast(4)
        let error = #expect(throws: CompressionError.self) { try Gzip.decompress(file, limit: 100) }
        #expect(error == CompressionError(problem: .truncated, offset: file.count))
        #expect(error?.description == "unexpected end of the compressed data after \(file.count) bytes")
    }

    @Test func refusesWhatFollows() {
        let first = Gzip.compress(Array("first".utf8))
        let error = #expect(throws: CompressionError.self) { try Gzip.decompress(first + [1, 2], limit: 100) }
        #expect(error?.offset ?? 0 >= first.count)
        #expect(throws: CompressionError.self) { try Gzip.decompress(first + [0, 1], limit: 100) }
        #expect(throws: CompressionError.self) { try Gzip.decompress([], limit: 100) }
        #expect(throws: CompressionError.self) { try Gzip.decompress(Array("plain text".utf8), limit: 100) }
    }

    @Test(.enabled(if: Tool.hasNumpy, "python3 with numpy is not installed")) func pythonReadsOursAndWeReadPythons() throws {
        let folder = try TemporaryFolder()
        try folder.write(Gzip.compress(Array("hello".utf8)), as: "ours.gz")
        let script = """
            import gzip, sys
            print(gzip.open(sys.argv[1] + '/ours.gz').read().decode())
            gzip.open(sys.argv[1] + '/theirs.gz', 'wb').write(b'bonjour')
            """
        let outcome = try Tool.python(script, [folder.path])
        #expect(outcome.output == "hello\n")
        #expect(try Gzip.decompress(folder.bytes("theirs.gz"), limit: 100) == Array("bonjour".utf8))
    }
}
