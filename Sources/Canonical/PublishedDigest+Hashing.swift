import Crypto

extension PublishedDigest {
    /// The digest of `bytes` of the same kind.
    public func sameKind(of bytes: [UInt8]) -> PublishedDigest {
        var hash = Hash(like: self, size: bytes.count)
        hash.update(bytes)
        return hash.digest
    }

    /// A digest that is computed part by part, for content that is not held in memory.
    public struct Hash {
        private enum State {
            case sha256(Digest.Builder)
            case md5(Insecure.MD5)
            case gitBlob(Insecure.SHA1)
        }
        private var state: State

        /// - Parameters:
        ///   - like: a digest of the kind to compute.
        ///   - size: the length of the whole content in bytes, which Git's digests begin with.
        public init(like digest: PublishedDigest, size: Int) {
            switch digest {
            case .sha256: state = .sha256(Digest.Builder())
            case .md5: state = .md5(Insecure.MD5())
            case .gitBlob:
                var hash = Insecure.SHA1()
                hash.update(data: Array("blob \(size)\0".utf8))
                state = .gitBlob(hash)
            }
        }

        /// Appends bytes to the content.
        ///
        public mutating func update(_ bytes: [UInt8]) {
            switch state {
            case .sha256(var hash):
                hash.update(bytes)
                state = .sha256(hash)
            case .md5(var hash):
                hash.update(data: bytes)
                state = .md5(hash)
            case .gitBlob(var hash):
                hash.update(data: bytes)
                state = .gitBlob(hash)
            }
        }

        /// The digest of what was given so far.
        public var digest: PublishedDigest {
            switch state {
            case .sha256(let hash): .sha256(hash.finish())
            case .md5(let hash): .md5(Hexadecimal.text(of: Array(hash.finalize())))
            case .gitBlob(let hash): .gitBlob(Hexadecimal.text(of: Array(hash.finalize())))
            }
        }
    }
}
