@testable import Archives
import TestSupport
import Testing

@Suite struct NpyTests {
    @Test(arguments: Samples.entries()) func roundTrip(entry: ArrayEntry) throws {
        let bytes = NpyFormat.encode(entry)
        #expect((bytes.count - entry.elements.count * entry.elements.kind.size) % 64 == 0)
        #expect(Samples.areIdentical([try NpyFormat.decode(bytes, name: entry.name)], [entry]))
    }

    static func file(_ header: String, _ content: [UInt8] = [1, 2], version: UInt8 = 1) -> [UInt8] {
        let length = header.utf8.count
        let size = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
        return NpyFormat.magic + [version, 0] + size + Array(header.utf8) + content
    }

    @Test(arguments: [
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n", "{'shape':(2,),'descr':\"|u1\",'fortran_order':False}",
        " { 'fortran_order' : False , 'descr' : '|u1' , 'shape' : ( 2 , 1 ) }  ",
    ]) func reads(header: String) throws {
        for version in UInt8(1)...3 {
            let entry = try NpyFormat.decode(Self.file(header, version: version), name: "a")
            #expect(entry.elements == .uint8([1, 2]))
        }
    }

    static let bad: [(String, String)] = [
        ("", "expected {"), ("{}", "is missing"), ("{'descr': '|u1', 'shape': (2,)}", "is missing"),
        ("{'descr': '<f2', 'fortran_order': False, 'shape': (1,)}", "unsupported element type '<f2'"),
        ("{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}", "unsupported element type '>f4'"),
        ("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "unsupported element type '|O'"),
        ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "structured arrays are not supported"),
        ("{'descr': '|u1', 'fortran_order': True, 'shape': (2,)}", "Fortran order"),
        ("{'descr': '|u1', 'fortran_order': False, 'shape': (3,)}", "2 bytes do not match uint8 of shape [3]"),
        ("{'descr': '|u1', 'fortran_order': False, 'shape': (-2,)}", "expected an extent"),
        ("{'descr': '|u1', 'fortran_order': False, 'shape': (99999999999999999999,)}", "expected an extent"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}", "do not match"),
        ("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), 'x': 1}", "unknown or duplicate key 'x'"),
        ("{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (2,)}", "unknown or duplicate key 'descr'"),
        ("{'descr': '|u1', 'fortran_order': False, 'shape': (2,)} x", "unexpected text"),
        ("{'descr': '|u1, 'fortran_order': False", "expected }"),
    ]

    @Test(arguments: bad) func refuses(header: String, message: String) {
        let error = #expect(throws: ArchiveError.self) { try NpyFormat.decode(Self.file(header), name: "a") }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func survivesMutation() {
        let file = Self.file("{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }\n")
        var random = TestRandom(seed: 4)
        for _ in 0..<3000 {
            var bytes = file
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            bytes.removeLast(Int.random(in: 0...5, using: &random))
            _ = try? NpyFormat.decode(bytes, name: "a")
        }
    }
}
