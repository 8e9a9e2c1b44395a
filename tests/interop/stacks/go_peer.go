// Go's crypto/tls as a peer, for go.py; json_process.py says which commands there are. It chooses no
// suite: Go has no call for that, so the other end offers or takes just one.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"time"
)

const (
	piece    = 40000 // bytes that a client sends before it reads: more than two records
	patience = 60 * time.Second
)

type setup struct {
	Groups     []tls.CurveID
	Chain, Key string
}

type command struct {
	To, Client, Server, Port int
	Do                       string
	Setup                    setup
	Data                     []byte // base64 in JSON
	Resume                   bool
}

type answer struct {
	To        int    `json:"to"`
	Port      int    `json:"port,omitempty"`
	Received  []byte `json:"received,omitempty"`
	Complaint string `json:"complaint,omitempty"`
	Error     string `json:"error,omitempty"`
}

var (
	printing sync.Mutex
	lock     sync.Mutex
	servers  = map[int]net.Listener{}
	sessions = map[int]tls.ClientSessionCache{}
)

func say(what answer) {
	printing.Lock()
	defer printing.Unlock()
	json.NewEncoder(os.Stdout).Encode(what)
}

func configuration(one setup) *tls.Config {
	return &tls.Config{
		MinVersion:       tls.VersionTLS13,
		CurvePreferences: one.Groups,
		ServerName:       "localhost",
	}
}

func serve(asked command) error {
	pair, err := tls.LoadX509KeyPair(asked.Setup.Chain, asked.Setup.Key)
	if err != nil {
		return err
	}
	config := configuration(asked.Setup)
	config.Certificates = []tls.Certificate{pair}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	lock.Lock()
	servers[asked.To] = listener
	lock.Unlock()
	go func() {
		for {
			plain, err := listener.Accept()
			if err != nil {
				return
			}
			go echo(asked.To, tls.Server(plain, config))
		}
	}()
	say(answer{To: asked.To, Port: listener.Addr().(*net.TCPAddr).Port})
	return nil
}

func echo(to int, talk *tls.Conn) {
	defer talk.Close()
	talk.SetDeadline(time.Now().Add(patience))
	if _, err := io.Copy(talk, talk); err != nil {
		say(answer{To: to, Complaint: err.Error()})
	}
}

func visit(asked command) error {
	pem, err := os.ReadFile(asked.Setup.Chain)
	if err != nil {
		return err
	}
	config := configuration(asked.Setup)
	config.RootCAs = x509.NewCertPool()
	config.RootCAs.AppendCertsFromPEM(pem)
	lock.Lock()
	if sessions[asked.Client] == nil || !asked.Resume {
		sessions[asked.Client] = tls.NewLRUClientSessionCache(0)
	}
	config.ClientSessionCache = sessions[asked.Client]
	lock.Unlock()
	talk, err := tls.Dial("tcp", "127.0.0.1:"+strconv.Itoa(asked.Port), config)
	if err != nil {
		return err
	}
	defer talk.Close()
	talk.SetDeadline(time.Now().Add(patience))
	received := make([]byte, len(asked.Data))
	for start := 0; start < len(asked.Data); start += piece {
		end := start + piece
		if end > len(asked.Data) {
			end = len(asked.Data)
		}
		if _, err := talk.Write(asked.Data[start:end]); err != nil {
			return err
		}
		if _, err := io.ReadFull(talk, received[start:end]); err != nil {
			return err
		}
	}
	talk.Close()
	say(answer{To: asked.To, Received: received})
	return nil
}

func obey(asked command) {
	var err error
	switch asked.Do {
	case "serve":
		err = serve(asked)
	case "visit":
		err = visit(asked)
	case "stop":
		lock.Lock()
		err = servers[asked.Server].Close()
		delete(servers, asked.Server)
		lock.Unlock()
		if err == nil {
			say(answer{To: asked.To})
		}
	}
	if err != nil {
		say(answer{To: asked.To, Error: err.Error()})
	}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<22)
	for lines.Scan() {
		var asked command
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			say(answer{To: asked.To, Error: err.Error()})
			continue
		}
		go obey(asked)
	}
}
