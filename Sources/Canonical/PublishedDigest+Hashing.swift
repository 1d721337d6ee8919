import Crypto

extension PublishedDigest {
    /// The digest of the same kind of `bytes`.
    public func sameKind(of bytes: [UInt8]) -> PublishedDigest {
        switch self {
        case .sha256: return .sha256(.sha256(bytes))
        case .md5:
            var hash = Insecure.MD5()
            hash.update(data: bytes)
            return .md5(Hexadecimal.text(of: Array(hash.finalize())))
        case .gitBlob:
            var hash = Insecure.SHA1()
            hash.update(data: Array("blob \(bytes.count)\0".utf8))
            hash.update(data: bytes)
            return .gitBlob(Hexadecimal.text(of: Array(hash.finalize())))
        }
    }
}
