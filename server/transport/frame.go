package transport

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	// maxFrame is the size of the largest message that is taken in. Editors
	// send whole files, and none that anybody edits comes near it.
	maxFrame = 64 << 20
	// maxSkip is the size of the largest message that is read past: a larger
	// length is more likely damage than a message.
	maxSkip = 1 << 30
	// maxHeader bounds the headers of a message, and maxResync what is read
	// past in search of the next header after damage.
	maxHeader = 32 << 10
	maxResync = 1 << 20
)

// A frameReader takes the messages out of a stream of bytes.
type frameReader struct {
	r *bufio.Reader
	// lost is set after headers that gave no length: where the next message
	// begins has then to be guessed.
	lost bool
}

// A frameError is damage after which reading can go on.
type frameError struct {
	code int64
	what string
}

func (e *frameError) Error() string { return e.what }

// read returns the content of the next message. After a *frameError it can be
// called again; any other error is final, and io.EOF means that the stream
// ended between two messages.
func (f *frameReader) read() ([]byte, error) {
	length, err := f.header()
	if err != nil {
		return nil, err
	}
	if length > maxFrame {
		if length > maxSkip {
			return nil, fmt.Errorf("a message claims to have %d bytes; the limit is %d", length, maxFrame)
		}
		if _, err := io.CopyN(io.Discard, f.r, length); err != nil {
			return nil, noEOF(err)
		}
		return nil, &frameError{CodeInvalidRequest, fmt.Sprintf("a message of %d bytes was left out; the limit is %d", length, maxFrame)}
	}
	// The buffer grows with what arrives, not with what is claimed.
	var body bytes.Buffer
	body.Grow(int(min(length, 64<<10)))
	if _, err := io.CopyN(&body, f.r, length); err != nil {
		return nil, noEOF(err)
	}
	return body.Bytes(), nil
}

// header reads up to the empty line before a message, and returns the
// message's length.
func (f *frameReader) header() (int64, error) {
	length, fields, size := int64(-1), 0, 0
	var damage error
	for {
		line, err := f.line(maxHeader)
		if err != nil {
			if errors.Is(err, io.EOF) && (fields > 0 || line != "") {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
		if size += len(line); size > maxHeader {
			return 0, fmt.Errorf("the headers of a message have more than %d bytes", maxHeader)
		}
		if line == "" {
			switch {
			case damage != nil:
				f.lost = true
				return 0, damage
			case length >= 0:
				return length, nil
			case fields == 0:
				continue // a stray empty line between messages
			}
			f.lost = true
			return 0, &frameError{CodeParseError, "the headers of a message hold no Content-Length"}
		}
		fields++
		name, value, ok := strings.Cut(line, ":")
		switch {
		case !ok:
			damage = &frameError{CodeParseError, fmt.Sprintf("%.40q is no header of a message", line)}
		case strings.EqualFold(strings.TrimSpace(name), "Content-Length"):
			n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 63)
			if err != nil {
				damage = &frameError{CodeParseError, fmt.Sprintf("the Content-Length of a message is %.40q", strings.TrimSpace(value))}
				continue
			}
			length = int64(n)
		}
	}
}

// line returns the next line without its end. While lost, it skips to the next
// line that ends in a Content-Length, and returns that header alone: the
// content of a message without a length may stand before it on the line.
func (f *frameReader) line(limit int) (string, error) {
	if !f.lost {
		return f.rawLine(limit)
	}
	for skipped := 0; skipped <= maxResync; {
		line, err := f.rawLine(maxResync)
		if err != nil {
			return "", err
		}
		skipped += len(line) + 1
		const name = "Content-Length"
		i := strings.LastIndexByte(line, ':')
		if i < len(name) || !strings.EqualFold(line[i-len(name):i], name) {
			continue
		}
		if _, err := strconv.ParseUint(strings.TrimSpace(line[i+1:]), 10, 63); err == nil {
			f.lost = false
			return line[i-len(name):], nil
		}
	}
	return "", fmt.Errorf("no message begins within %d bytes after damaged headers", maxResync)
}

func (f *frameReader) rawLine(limit int) (string, error) {
	var line []byte
	for {
		part, err := f.r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > limit:
			return "", fmt.Errorf("a header line has more than %d bytes", limit)
		case err == nil:
			return strings.TrimSuffix(string(line[:len(line)-1]), "\r"), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return string(line), err
		}
	}
}

func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// frame puts the headers before a message.
func frame(content []byte) []byte {
	b := make([]byte, 0, len(content)+32)
	b = fmt.Appendf(b, "Content-Length: %d\r\n\r\n", len(content))
	return append(b, content...)
}
