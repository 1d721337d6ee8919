import Dispatch
import HTTPTypes

/// Packs the answers of another handler with gzip, for clients that take it.
///
/// Only whole answers in memory that are text of some length are packed; files have packed ones beside them, and streams
/// go as they are. Answers given at once are left alone, as packing would hold up the event loop.
public struct CompressingHandler: HTTPHandler {
    private let handler: any HTTPHandler
    private let minimumBytes: Int
    private let compress: @Sendable ([UInt8]) -> [UInt8]

    /// - Parameter compress: makes a gzip member (RFC 1952) of bytes.
    public init(_ handler: any HTTPHandler, minimumBytes: Int = 1024, compress: @escaping @Sendable ([UInt8]) -> [UInt8]) {
        self.handler = handler
        self.minimumBytes = minimumBytes
        self.compress = compress
    }

    public func respondImmediately(to request: Request) -> Response? {
        handler.respondImmediately(to: request)
    }

    /// Much text is packed away from the cooperative pool, one answer after the other.
    private func packed(_ bytes: [UInt8]) async -> [UInt8] {
        guard bytes.count > 1 << 17 else { return compress(bytes) }
        return await withCheckedContinuation { continuation in
            CompressingHandler.queue.async { [compress] in continuation.resume(returning: compress(bytes)) }
        }
    }

    private static let queue = DispatchQueue(label: "compressing", qos: .utility)

    public func respond(to request: Request) async -> Response {
        var response = await handler.respond(to: request)
        guard response.status == .ok, case .bytes(let bytes) = response.body, bytes.count >= minimumBytes,
            !response.headerFields.contains(.contentEncoding),
            let type = response.headerFields[.contentType], MediaTypes.isText(type)
        else { return response }
        // Whether packed or not, a cache must know that there are two.
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
