/// Mutates bytes pseudorandomly, the same for the same seed: for tests that no external input traps.
public struct ByteChanges {
    private var random: TestRandom
    /// Bytes with a meaning in most file formats: ends of number ranges.
    private static let telling: [[UInt8]] = [
        [0], [0xFF], [0x7F], [0x80], [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0xFF], [0x7F, 0xFF, 0xFF, 0xFF], [0x80, 0, 0, 0], [0, 0, 0, 0x80],
        [UInt8](repeating: 0xFF, count: 8), [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
    ]

    public init(seed: UInt64) { random = TestRandom(seed: seed) }

    public mutating func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(random.next() % UInt64(bound)) }

    /// One to four mutations of `bytes`; the result stays shorter than 8192.
    public mutating func change(_ bytes: [UInt8], with other: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...below(4) {
            let place = below(bytes.count + 1)
            switch below(7) {
            case 0 where place < bytes.count: bytes[place] = UInt8(below(256))
            case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8(below(8))
            case 2:
                let telling = Self.telling[below(Self.telling.count)]
                bytes.replaceSubrange(place..<min(bytes.count, place + telling.count), with: telling)
            case 3: bytes.removeSubrange(place..<min(bytes.count, place + below(16)))
            case 4: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + below(64))], at: place)
            case 5: bytes.replaceSubrange(place..., with: other[min(other.count, place)...])
            default: bytes.removeSubrange(place...)
            }
        }
        return Array(bytes.prefix(8191))
    }
}
