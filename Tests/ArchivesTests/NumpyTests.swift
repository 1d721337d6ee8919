import Archives
import Canonical
import TestSupport
import Testing

/// Real numpy and Python's zipfile, as independent readers and writers.
@Suite(.enabled(if: Tool.hasNumpy, "python3 with numpy is not installed")) struct NumpyTests {
    @Test func numpyReadsOurs() throws {
        let folder = try TemporaryFolder()
        let archive = Samples.archive()
        try archive.write(to: folder.path("a.npz"))
        // The digests are recomputed from the documentation alone.
        let script = """
            import hashlib, json, struct, sys, zipfile, numpy as np
            path = sys.argv[1]
            z = np.load(path, allow_pickle=False)
            m = json.loads(zipfile.ZipFile(path).read('manifest.json'))
            assert zipfile.ZipFile(path).testzip() is None
            for name, facts in m['tensors'].items():
                a = z[name]
                assert str(a.dtype) == facts['dtype'] and list(a.shape) == facts['shape'], name
                assert hashlib.sha256(a.tobytes()).hexdigest() == facts['digest'], name
            assert set(z.files) == set(m['tensors']) | {'manifest.json'}, z.files
            h = hashlib.sha256(b'fidelio archive 1\\n')
            f = zipfile.ZipFile(path)
            for name in sorted(f.namelist()):
                data = f.read(name)
                h.update(struct.pack('<Q', len(name)) + name.encode() + struct.pack('<Q', len(data)) + data)
            print(h.hexdigest(), z['adam/step'], z['generator/linear1/weight'].shape, m['step'])
            """
        let outcome = try Tool.python(script, [folder.path("a.npz")])
        #expect(outcome.output == "\(archive.digest) -12345678901 (40, 3) 12\n")
        #expect(outcome.status == 0)
    }

    @Test func weReadNumpys() throws {
        let folder = try TemporaryFolder()
        let script = """
            import io, sys, numpy as np
            arrays = dict(z=np.arange(6, dtype='f4').reshape(2, 3), a=np.float64(0.5), b=np.array([], dtype='i8'), c=np.uint8([[1], [2]]))
            np.savez(sys.argv[1] + '/stored.npz', **arrays)
            np.savez_compressed(sys.argv[1] + '/deflated.npz', **arrays)
            class Pipe(io.BytesIO):
                def seekable(self): return False
                def tell(self): raise OSError
            p = Pipe(); np.savez_compressed(p, **arrays)
            open(sys.argv[1] + '/streamed.npz', 'wb').write(p.getvalue())
            np.savez(sys.argv[1] + '/columns.npz', x=np.asfortranarray(np.ones((2, 3))))
            np.savez(sys.argv[1] + '/halves.npz', x=np.ones(3, dtype='f2'))
            """
        #expect(try Tool.python(script, [folder.path]).output == "")
        for name in ["stored", "deflated", "streamed"] {
            let arrays = try Npz.arrays(folder.bytes("\(name).npz"))
            #expect(arrays.map(\.name) == ["z", "a", "b", "c"])
            #expect(arrays.map(\.shape) == [[2, 3], [], [0], [2, 1]])
            #expect(arrays.map(\.elements) == [.float32([0, 1, 2, 3, 4, 5]), .float64([0.5]), .int64([]), .uint8([1, 2])])
            #expect(throws: ArchiveError.self) { try Archive.decode(folder.bytes("\(name).npz")) }
        }
        let columns = #expect(throws: ArchiveError.self) { try Npz.arrays(folder.bytes("columns.npz")) }
        #expect(columns?.member == "x.npy")
        #expect(throws: ArchiveError.self) { try Npz.arrays(folder.bytes("halves.npz")) }
    }
}
