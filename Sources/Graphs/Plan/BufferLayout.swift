/// Static memory allocation: lays out buffers of known lifetimes in one block so that buffers that are live at the same time do not overlap. First fit, largest first.
struct BufferLayout {
    struct Request {
        var buffer: Int
        var count: Int
        var first: Int  // kernel that writes it first
        var last: Int  // kernel that reads it last
    }

    /// In elements: 64 bytes, one cache line and one AVX-512 vector.
    static let alignment = 16

    static func place(_ requests: [Request]) -> (offsets: [Int: Int], total: Int) {
        var placed: [(request: Request, offset: Int, size: Int)] = []
        var offsets: [Int: Int] = [:]
        var total = 0
        let order = requests.sorted { ($1.count, $0.first, $0.buffer) < ($0.count, $1.first, $1.buffer) }
        for request in order {
            let size = (request.count + alignment - 1) / alignment * alignment
            let neighbors = placed.filter { $0.request.first <= request.last && request.first <= $0.request.last }
                .sorted { $0.offset < $1.offset }
            var offset = 0
            for neighbor in neighbors {
                if neighbor.offset - offset >= size { break }
                offset = Swift.max(offset, neighbor.offset + neighbor.size)
            }
            placed.append((request, offset, size))
            offsets[request.buffer] = offset
            total = Swift.max(total, offset + size)
        }
        return (offsets, total)
    }
}
