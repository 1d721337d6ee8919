/// Mutates bytes pseudorandomly; the same seed gives the same mutations.
struct Mutator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64 (Steele, Lea, and Flood 2014).
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }

    mutating func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(next() % UInt64(bound)) }

    private static let telling: [[UInt8]] = [
        "\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", ":", ",", ";", "%", "%2e", "%00", "%2f", "..", "/", "?", "&", "=", "+", "#", "\"", "*", "-", "0",
        "9", "ffffffffffffffff", "99999999999999999999", "bytes=", "chunked", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Host: b\r\n",
        "HTTP/1.0", "0\r\n\r\n", "W/", "[::1]", "gzip;q=0", "Expect: 100-continue\r\n",
    ].map { Array($0.utf8) } + [[0], [0x7F], [0x80], [0xC3], [0xFF]]

    mutating func mutate(_ bytes: inout [UInt8], with other: [UInt8]) {
        for _ in 0...below(4) {
            let place = below(bytes.count + 1)
            switch below(7) {
            case 0 where place < bytes.count: bytes[place] = UInt8(truncatingIfNeeded: next())
            case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8(below(8))
            case 2: bytes.insert(contentsOf: Self.telling[below(Self.telling.count)], at: place)
            case 3: bytes.removeSubrange(place..<min(bytes.count, place + below(8)))
            case 4: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + below(40))], at: place)
            case 5: bytes.replaceSubrange(place..., with: other[min(other.count, below(other.count + 1))...])
            default: bytes.insert(UInt8(below(128)), at: place)
            }
        }
        if bytes.count > 2000 { bytes.removeLast(bytes.count - 2000) }
    }
}
