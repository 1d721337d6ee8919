"""Writes a few good and bad inputs for each decoder, which the fuzzer starts from: python3 seeds.py FOLDER."""
import gzip
import io
import os
import struct
import sys
import tarfile
import zipfile
import zlib


def npy(header, data=b"", version=b"\x01\x00"):
    text = header.encode() + b" " * (-(len(header) + 11) % 64) + b"\n"
    size = struct.pack("<H" if version == b"\x01\x00" else "<I", len(text))
    return b"\x93NUMPY" + version + size + text + data


def archive(method):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as file:
        file.writestr("a.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", bytes(16)))
        file.writestr("manifest.json", '{"format":1}')
    return stream.getvalue()


def png(kind, row, interlace=0):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 4, 4, 8, kind, 0, 0, interlace)
    body = zlib.compress(b"".join(b"\x00" + row for _ in range(4)))
    palette = chunk(b"PLTE", bytes(9)) if kind == 3 else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + palette + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def tensor_pickle(shape=(2, 3), strides=(3, 1), count=6):
    """A state dictionary as torch.save writes it, with one tensor."""
    text = lambda t: b"X" + struct.pack("<I", len(t)) + t
    numbers = lambda values: b"(" + b"".join(b"K" + bytes([n]) for n in values) + b"t"
    storage = b"(" + text(b"storage") + b"ctorch\nFloatStorage\n" + text(b"0") + text(b"cpu") + b"K" + bytes([count]) + b"tQ"
    tensor = b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + b"K\0" + numbers(shape) + numbers(strides) + b"\x89ccollections\nOrderedDict\n)RtR"
    return b"\x80\x02ccollections\nOrderedDict\nq\0)Rq\1(" + text(b"a") + tensor + b"u}" + text(b"_metadata") + b"h\1sb."


def torch_zip(pickle, compression=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in [("w/data.pkl", pickle), ("w/byteorder", b"little"), ("w/data/0", bytes(24)), ("w/version", b"3\n")]:
            archive.writestr(name, content)
    return out.getvalue()


def torch_legacy(pickle):
    magic = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
    system = b"\x80\x02}X\x0d\0\0\0little_endian\x88s."
    return magic + b"\x80\x02M\xe9\x03." + system + pickle + b"\x80\x02]X\x01\0\0\x000a." + struct.pack("<Q", 6) + bytes(24)


def graph_constant(name, numbers):
    field = lambda number, value: bytes([number << 3 | 2, len(value)]) + value
    tensor = b"\x08\x01" + field(2, field(2, b"\x08\x02")) + numbers
    return field(1, field(1, name) + field(2, b"Const") + field(5, field(1, b"value") + field(2, field(8, tensor))))


def onnx_tensor(name, shape, content, kind=1, field=9):
    part = lambda number, value: bytes([number << 3 | 2, len(value)]) + value
    tensor = part(1, bytes(shape)) + bytes([0x10, kind]) + part(field, content) + part(8, name)
    return part(5, tensor)


def onnx(tensors):
    return b"\x08\x08\x3a" + bytes([len(tensors)]) + tensors


def tar(*members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()[:2048 + 512]


def safetensors(header, data):
    return struct.pack("<Q", len(header)) + header + data


REQUESTS = [
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /a/b?c=d HTTP/1.1\r\nHost: example.org:80\r\nAccept: */*\r\nCookie: session=abc\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.0\r\n\r\n",
    "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nTrailer: x\r\n\r\n",
    "PUT /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx",
    "GET http://a:80/b HTTP/1.1\r\nHost: a:80\r\nRange: bytes=0-1\r\nIf-Range: \"x\"\r\n\r\n",
    "OPTIONS * HTTP/1.1\r\nHost: [::1]\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "GET / HTTP/1.1\nHost: a\n\n",
    "GET / HTTP/1.1\r\nHost : a\r\n folded\r\n\r\n",
]
SEEDS = {
    "parser": [b"\x07" + text.encode() for text in REQUESTS],
    "target": [b"/", b"/a/b%20c?d=e", b"http://a:80/b?c", b"*", b"/%2e%2e/%00", b"/a;b/../c", b"//x//", b"/%ED%A0%80"],
    "path": [b"", b"a.js", b"b/", b"b/c%20d", b"%C3%A9", b"link", b"up/out", b".hidden", b"b/.c/d", b"api/v1/runs/0123456789ab-1", b"api/v1/runs/a/samples/10.png",
             b"api/v1/runs/a/samples/010.png", b"api/v1/studies/a/figures/fid.svg", b"api/v1/y/x", b"a%2Fb", b"%2e%2e/out", b"b//c"],
    "form": [b"name=a&password=b+c%21&next=%2Fruns%3Fa%3Db", b"a=1&a=2&&=&b", b"a=%00", b"a=%zz", b"%C3=%A9", b"a\nb=c"],
    "query": [b"a=1&b=2", b"a=%C3%A9+b&&c", b"a=%zz", b"=&=", b"a%00=b"],
    "range": [b"\x64" + text for text in (b"bytes=0-99", b"bytes=-5", b"bytes=5-", b"bytes=0-0,5-6,-1", b"bytes= 1-2 ,,")],
    "fields": [b"Sun, 06 Nov 1994 08:49:37 GMT", b"Sunday, 06-Nov-94 08:49:37 GMT", b"Sun Nov  6 08:49:37 1994", b'"a", W/"b,c" , *',
               b"gzip;q=0.5, *;q=0", b"a=b; session=c", b"[::1]:80", b"example.org:8080"],
    "json": [b"{}", b'{"a":[1,-2.5e-3,true,null,"\\u00e9\\ud83d\\ude00"]}', b"[[[[]]]]", b'"\\ud800"', b"1e400", b"-0", b"9223372036854775808"],
    "expression": [b'min(fid, study = "a", model = ns-gan)', b'difference(fid, "a", "b", run = ["x", "y"], interval = false)', b"count(study = 'a', outcome = [done, failed])",
                   b'best(fid, study = "a", budget = 10, unit = runs, digits = 3)', b'mean(kid, study = "a \\"b\\"", seed = [0, 1e1], where = "fid < 3")', b"mn(", b"min(fid|kid)"],
    "markdown": [text.encode() for text in (
        "# Title {{ min(fid, model = \"ns-gan\") }}\n\n$x_i^2$ *a* **b** ~~c~~ `d` [e](/f \"g\") ![h](data:image/png;base64,AA==) <b> <!-- i --> https://j.k\n",
        "| a | b |\n|:--|--:|\n| $p(x|y)$ | {{ c }} |\n\n- [ ] d\n  1. e\n\n> ```math\n> \\frac{a}{b}\n> ```\n", "$$\na\n- b\n$$\n\n    code $c$\n\n[d]: javascript&colon;e\n[d] &#xFDD0;0&#xFDD1;")],
    "tex": [text.encode() for text in (
        r"\min_G \max_D \mathbb{E}_{x \sim p}[\log D(x)] + \left\| \frac{a}{\sqrt[3]{b}} \right\|_2", r"\begin{cases} x' & \text{if $y$} \\ \hat{\mathbf{z}} & \end{cases}",
        r"\operatorname*{arg\,min}_\theta \bigl(\not= {a \over b} \bigr) \underbrace{x}_{y} \xrightarrow[a]{b} \begin{array}{c|l} 1.5 \end{array}")],
    "notebook": [text.encode() for text in (
        "---\nfidelio: notebook\nversion: 1\ntitle: Start here\n---\n\n<!-- cell intro -->\n# Start\nWords {{ count(study = \"a\") }}.\n\n```yaml fidelio figure id=f folded=true\nstudy: a\n```\n\n"
        "```sql fidelio id=q chart=bars y=\"a b\"\nSELECT 1\n```\n",
        "---\r\nfidelio: notebook\r\nversion: 1\r\ntitle: \"a: b\"\r\nother: x\r\n---\r\nText\r\n~~~~ yaml fidelio video a=1\r\n```\r\n~~~~\r\n",
        "\ufeff---\nfidelio: notebook\nversion: 1\ntitle: t\n---\n<!-- cell a lines=2 -->\n```sql fidelio\nx\n\n    ```yaml fidelio plan\n")],
    "yaml": [text.encode() for text in (
        "study: small-polygons # c\nmodels: [ns-gan, \"wgan: gp\", 'it''s']\nprotocol:\n  kind: grid\ngrid:\n  learning_rate: [5e-4, 0.002]\nseeds:\n  - 0\n  - -1\nok: true\nnone: null\n",
        "\"a b\": \"\\u00e9\\n\"\nempty: []\nx:\n  y:\n    z: 1\n", "a: yes\n", "a: {b: 1}", "- a", "a: 1\na: 2")],
    "jupyter": [text.encode() for text in (
        '{"nbformat":4,"nbformat_minor":5,"metadata":{"title":"t"},"cells":[{"cell_type":"markdown","id":"a","metadata":{},"source":["# A\\n","b"]},'
        '{"cell_type":"code","id":"b","metadata":{"fidelio":{"kind":"sql","source":"SELECT 1","attributes":{"chart":"bars"}}},"execution_count":null,"source":"x","outputs":[]}]}',
        '{"nbformat":4,"nbformat_minor":2,"metadata":{},"cells":[{"cell_type":"code","metadata":{},"source":"print(1)","execution_count":1,"outputs":[{"output_type":"stream","name":"stdout","text":["1\\n"]},'
        '{"output_type":"display_data","metadata":{},"data":{"text/html":"<b>x</b>","image/png":"iVBORw0KGgo=","text/plain":"x"}},{"output_type":"error","ename":"E","evalue":"v","traceback":["\\u001b[0;31mE"]}]}]}',
        '{"nbformat":3,"worksheets":[]}')],
    "npy": [npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", bytes(24)), npy("{'descr': '|u1', 'fortran_order': True, 'shape': (), }", b"x"),
            npy("{'descr': '<i8', 'fortran_order': False, 'shape': (1,), }", bytes(8), b"\x02\x00")],
    "zip": [archive(zipfile.ZIP_STORED), archive(zipfile.ZIP_DEFLATED)],
    "png": [png(0, bytes(4)), png(2, bytes(12)), png(3, bytes(4)), png(6, bytes(16)), png(4, bytes(8)), png(0, bytes(4), 1)],
    "gzip": [gzip.compress(b"hello" * 20), gzip.compress(b"") + gzip.compress(b"x"), zlib.compress(b"x")],
    "safetensors": [safetensors(b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"__metadata__":{"x":"y"}}', bytes(8)),
                    safetensors(b'{"a":{"dtype":"F16","shape":[],"data_offsets":[0,2]},"b":{"dtype":"I64","shape":[1],"data_offsets":[2,10]}}', bytes(10))],
    "torch": [torch_zip(tensor_pickle()), torch_zip(tensor_pickle((3, 2), (1, 3)), zipfile.ZIP_DEFLATED),
              torch_zip(b"\x80\x02c__torch__\nM\n)\x81}X\1\0\0\0aK\1sb.")],
    "torchlegacy": [torch_legacy(tensor_pickle()), torch_legacy(tensor_pickle((2,), (1,)))],
    "graphdef": [graph_constant(b"a", b"\x22\x08" + bytes(8)) + graph_constant(b"b/c", b"\x2a\x04" + bytes(4)), graph_constant(b"a", b"\x2d" + bytes(4)),
                 b"\x0a\x0e\x0a\x01x\x12\x09DecodeJpg" + graph_constant(b"a", b"\x32\x10" + bytes(16))],
    "onnx": [onnx(onnx_tensor(b"a", (2,), bytes(8)) + onnx_tensor(b"b", (1, 1), bytes(2), 10)), onnx(onnx_tensor(b"a", (1,), bytes(8), 11, 10)),
             onnx(onnx_tensor(b"i", (1,), bytes(8), 7) + onnx_tensor(b"h", (1,), b"\x80\x78", 10, 5))],
    "npz": [archive(zipfile.ZIP_STORED), archive(zipfile.ZIP_DEFLATED)],
    "tar": [tar((b"a/b.txt".decode(), b"hello")), tar(("classify_image_graph_def.pb", graph_constant(b"a", b"\x22\x08" + bytes(8))), ("x", b""))],
    "idx": [struct.pack(">IIII", 0x803, 1, 2, 2) + bytes(4), struct.pack(">II", 0x801, 3) + bytes(3)],
}

for decoder, inputs in SEEDS.items():
    folder = os.path.join(sys.argv[1], decoder)
    os.makedirs(folder, exist_ok=True)
    for number, data in enumerate(inputs):
        with open(os.path.join(folder, f"{number:02d}"), "wb") as file:
            file.write(data)
