#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A fixed block of host memory, zeroed, aligned for vector loads. Large blocks request huge pages.
@safe final class FloatMemory: DeviceMemory {
    let count: Int
    let base: UnsafeMutablePointer<Float>

    private let mapping: (start: UnsafeMutableRawPointer, bytes: Int)

    init(count: Int) {
        self.count = count
        let bytes = Swift.max(count, 16) * 4
        let page = 1 << 21
        // A large block is aligned to a huge page. The kernel zeroes pages on first access.
        let length = bytes >= page * 2 ? bytes + page : bytes
        let start = unsafe mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let start = unsafe start, unsafe start != MAP_FAILED else { preconditionFailure("out of memory: cannot allocate \(bytes) bytes") }
        var base = unsafe start
        if length > bytes {
            unsafe base = start.alignedUp(toMultipleOf: page)
            #if os(Linux)
            unsafe madvise(base, bytes, 14)  // MADV_HUGEPAGE
            #endif
        }
        unsafe mapping = (start, length)
        unsafe self.base = base.bindMemory(to: Float.self, capacity: Swift.max(count, 16))
    }

    deinit { unsafe munmap(mapping.start, mapping.bytes) }

    func copyIn(_ values: Span<Float>) {
        precondition(values.count <= count, "\(values.count) values for memory of \(count)")
        unsafe values.withUnsafeBufferPointer { values in
            guard let start = values.baseAddress else { return }
            unsafe base.update(from: start, count: values.count)
        }
    }

    func copyOut(_ range: Range<Int>) -> [Float] {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "elements \(range) of memory of \(count)")
        return unsafe Array(UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    func fill(_ body: (inout MutableSpan<Float>) -> Void) {
        let buffer = unsafe UnsafeMutableBufferPointer(start: base, count: count)
        var span = unsafe MutableSpan(_unsafeElements: buffer)
        body(&span)
    }
}
