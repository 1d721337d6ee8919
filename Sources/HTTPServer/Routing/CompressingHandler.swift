import Dispatch
import HTTPTypes

/// Compresses another handler's responses with gzip, for clients that accept it.
///
/// Only in-memory text responses of a minimum length are compressed; for files, compressed versions are served by `StaticFiles`, and streams
/// are sent as they are. Immediate responses are not compressed, because that would block the event loop.
public struct CompressingHandler: HTTPHandler {
    private let handler: any HTTPHandler
    private let minimumBytes: Int
    private let compress: @Sendable ([UInt8]) -> [UInt8]

    /// Wraps a handler.
    /// - Parameter minimumBytes: shorter responses are not compressed
    /// - Parameter compress: compresses bytes to a gzip member (RFC 1952)
    public init(_ handler: any HTTPHandler, minimumBytes: Int = 1024, compress: @escaping @Sendable ([UInt8]) -> [UInt8]) {
        self.handler = handler
        self.minimumBytes = minimumBytes
        self.compress = compress
    }

    /// The wrapped handler's immediate response, uncompressed.
    public func respondImmediately(to request: Request) -> Response? {
        handler.respondImmediately(to: request)
    }

    /// Long text is compressed outside of the cooperative pool, one response at a time.
    private func packed(_ bytes: [UInt8]) async -> [UInt8] {
        guard bytes.count > 1 << 17 else { return compress(bytes) }
        return await withCheckedContinuation { continuation in
            CompressingHandler.queue.async { [compress] in continuation.resume(returning: compress(bytes)) }
        }
    }

    private static let queue = DispatchQueue(label: "compressing", qos: .utility)

    /// The wrapped handler's response, compressed if possible.
    public func respond(to request: Request) async -> Response {
        var response = await handler.respond(to: request)
        guard response.status == .ok, case .bytes(let bytes) = response.body, bytes.count >= minimumBytes,
            !response.headerFields.contains(.contentEncoding),
            let type = response.headerFields[.contentType], MediaTypes.isText(type)
        else { return response }
        // Caches must know that the response depends on Accept-Encoding, whether or not it is compressed.
        let vary = response.headerFields[.vary]
        response.headerFields[.vary] = vary.map { $0 + ", Accept-Encoding" } ?? "Accept-Encoding"
        guard AcceptEncoding.takesGzip(request.headerFields) else { return response }
        response.body = .bytes(await packed(bytes))
        response.headerFields[.contentEncoding] = "gzip"
        if let tag = response.headerFields[.eTag].flatMap({ EntityTag(parsing: $0) }) {
            response.headerFields[.eTag] = EntityTag(tag.opaque + "-gzip", weak: tag.isWeak).description
        }
        return response
    }
}
