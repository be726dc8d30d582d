package mask

import (
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	jwt = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
	id  = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
)

func TestCredentialsInTextsAreHidden(t *testing.T) {
	for text, want := range map[string]string{
		"--password=hunter2":                               "--password=***",
		"--password hunter2 --host db":                     "--password *** --host db",
		"tool --api-key 'a b c' status":                    "tool --api-key '***' status",
		`["--token","abc","x"]`:                            `["--token","***","x"]`,
		"token=abc&verbose=1":                              "token=***&verbose=1",
		"/healthz?access_token=abc&verbose=1":              "/healthz?access_token=***&verbose=1",
		"PGPASSWORD=x psql -c 'select 1'":                  "PGPASSWORD=*** psql -c 'select 1'",
		`{"password": "hun ter\"2", "user": "app"}`:        `{"password": "***", "user": "app"}`,
		`{\"apiKey\":\"k1\",\"n\":1}`:                      `{\"apiKey\":\"***\",\"n\":1}`,
		"{secret:abc}":                                     "{secret:***}",
		"password: hunter2 for user app":                   "password: *** for user app",
		"db_passwd = hunter2":                              "db_passwd = ***",
		"private_key: abc":                                 "private_key: ***",
		"curl -H 'Authorization: Bearer abc' http://x/":    "curl -H 'Authorization: Bearer ***' http://x/",
		"Authorization: Basic dXNlcjpwYXNz":                "Authorization: Basic ***",
		"authorization: abc":                               "authorization: ***",
		"Authorization: Digest username=\"a\", nonce=1":    "Authorization: Digest ***",
		"sent bearer abc to x":                             "sent bearer *** to x",
		"Cookie: a=b; c=d":                                 "Cookie: ***",
		"X-Auth-Token: abc":                                "X-Auth-Token: ***",
		"postgres://app:p#ss@db:5432/x":                    "postgres://***@db:5432/x",
		`Get "http://u:p@10.0.0.1:8080/h": EOF`:            `Get "http://***@10.0.0.1:8080/h": EOF`,
		"//user:pass@host/path":                            "//***@host/path",
		"command \"redis-cli -a abc ping\" timed out":      "command \"redis-cli -a *** ping\" timed out",
		"/usr/bin/mysqladmin ping -uroot -phunter2":        "/usr/bin/mysqladmin ping -uroot -p***",
		"curl -sf -u me:pw http://x/":                      "curl -sf -u *** http://x/",
		"mongosh -u a -p b | grep -p c":                    "mongosh -u a -p *** | grep -p c",
		`sh -c 'mysqladmin ping -uroot -p"hunter2"'`:       `sh -c 'mysqladmin ping -uroot -p"***"'`,
		"mysqladmin -p'hun ter2' ping":                     "mysqladmin -p'***' ping",
		`sh -c "mysqladmin -p\"hunter2\" ping"`:            `sh -c "mysqladmin -p\"***\" ping"`,
		"mysqladmin -p@dm!n ping":                          "mysqladmin -p*** ping",
		"curl -sku elastic:hunter2 https://x/":             "curl -sku *** https://x/",
		"curl -skuelastic:hunter2 https://x/":              "curl -sku*** https://x/",
		"ldapsearch -LLLxw hunter2 -b dc=x":                "ldapsearch -LLLxw *** -b dc=x",
		"etcdctl --user=root:hunter2 endpoint health":      "etcdctl --user=*** endpoint health",
		"REDISCLI_AUTH=hunter2 redis-cli ping":             "REDISCLI_AUTH=*** redis-cli ping",
		`{"auths":{"r.io":{"auth":"dTpw"}}}`:               `{"auths":{"r.io":{"auth":"***"}}}`,
		"redis-cli -a -hunter2 ping":                       "redis-cli -a *** ping",
		"got " + jwt + " instead":                          "got *** instead",
		"key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY end": "key *** end",
		"key wJalrXUtnFEMIaK7MDENGbPxRfiCY3zX8mPLE9E4 end": "key *** end",
		"AKIAIOSFODNN7EXAMPLE":                             "***",
		"/hook/0123456789abcdef0123456789abcdef":           "/hook/***",
		"x=0123456789abcdef0123456789abcdef":               "x=***",
		"token=$(TOKEN) password=hunter2":                  "token=$(TOKEN) password=***",
		"secret=\"${SECRET}\" $PASSWORD --pass $PW":        "secret=\"${SECRET}\" $PASSWORD --pass $PW",
	} {
		if got := Text(text); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestOtherTextsSurvive(t *testing.T) {
	for _, text := range []string{
		"", "cat /tmp/health", "pg_isready -U app -h 127.0.0.1 -p 5432", "redis-cli -p 6379 ping", "mysqladmin -P3306 ping",
		"/healthz?verbose=1&exclude=etcd", "http://[::1]:8080/readyz", "sh -c test -f /run/secrets/token && exit 1",
		"--token-file /var/run/token --tls-private-key-file=/etc/key.pem", "--no-password app",
		"Readiness probe failed: HTTP probe failed with statuscode: 503",
		`Liveness probe failed: Get "http://10.244.1.5:8080/livez": dial tcp 10.244.1.5:8080: connect: connection refused`,
		`Startup probe failed: Get "https://10.244.1.5:8443/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`,
		"getting a token: connection refused by 10.0.0.1",
		`secret "db-password" not found`, "couldn't find key password in Secret default/db",
		`failed to start exec "` + id + `": OCI runtime exec failed`, "task " + id + " not found",
		"back-off 10s restarting failed container=web pod=web-7d4b9c5f8d-x2x9z_default(1b4e28ba-2fa1-11d2-883f-0016d3cca427)",
		"failed container=etcd pod=etcd-node1_kube-system(0123456789abcdef0123456789abcdef)",
		`Back-off pulling image "ghcr.io/a/b@sha256:` + id + `"`, "containerd://" + id,
		`Back-off pulling image "ghcr.io/a/b:0123456789abcdef0123456789abcdef01234567"`,
		"org.springframework.boot.actuate.health.HealthEndpointWebExtension", "HTTPServerV2ReadinessHandler",
		"0/6 nodes are available: 3 node(s) had untolerated taint {node.kubernetes.io/not-ready: }",
		"2026-08-11T16:49:56.123456789Z ip-10-0-0-1.eu-west-1.compute.internal aks-nodepool1-12345678-vmss000000",
		"auth: connection refused", "checking auth: failed", "tool --auth status --user root", "mysqladmin ping -p",
		`command "mysqladmin ping -p" timed out`, `["mysqladmin","-p","ping"]`, `sh -c "mysqladmin -p" "x"`,
		"curl -fsS http://x/", "curl -sfo /dev/null http://x/", "curl -XPUT http://x/", "psql --user=app",
		"a@b.example", "\xff\xfe binary \x00 and é//é",
	} {
		if got := Text(text); got != text {
			t.Errorf("%s\n got %s", text, got)
		}
	}
}

func TestCredentialsInArgumentsAreHidden(t *testing.T) {
	for _, c := range []struct{ args, want []string }{
		{[]string{"tool", "--password", "a b", "--x"}, []string{"tool", "--password", "***", "--x"}},
		{[]string{"tool", "--password=a b&c", "x"}, []string{"tool", "--password=***", "x"}},
		{[]string{"redis-cli", "-a", "abc", "ping"}, []string{"redis-cli", "-a", "***", "ping"}},
		{[]string{"/bin/mysqladmin", "-pabc", "ping"}, []string{"/bin/mysqladmin", "-p***", "ping"}},
		{[]string{"psql", "-p", "5432"}, []string{"psql", "-p", "5432"}},
		{[]string{"tool", "--token", "--verbose", "x"}, []string{"tool", "--token", "--verbose", "x"}},
		{[]string{"tool", "--token", "$(T)", "x"}, []string{"tool", "--token", "$(T)", "x"}},
		{[]string{"curl", "-H", "Authorization:", "abc"}, []string{"curl", "-H", "Authorization:", "***"}},
		{[]string{"sh", "-c", "redis-cli -a abc ping | grep PONG"}, []string{"sh", "-c", "redis-cli -a *** ping | grep PONG"}},
		{[]string{"redis-cli", "-a", "-hunter2", "ping"}, []string{"redis-cli", "-a", "***", "ping"}},
		{[]string{"curl", "-sku", "elastic:hunter2", "x"}, []string{"curl", "-sku", "***", "x"}},
		{[]string{"curl", "-skuelastic:hunter 2"}, []string{"curl", "-sku***"}},
		{[]string{"etcdctl", "--user=root:hun ter2"}, []string{"etcdctl", "--user=***"}},
		{[]string{"env", "REDISCLI_AUTH=hunter2", "redis-cli"}, []string{"env", "REDISCLI_AUTH=***", "redis-cli"}},
		{[]string{"sh", "-c", `mysqladmin -p"hunter2"`}, []string{"sh", "-c", `mysqladmin -p"***"`}},
		{[]string{"x", "--password=$uperS3cret"}, []string{"x", "--password=***"}},
		{[]string{"x", "--password", "$uperS3cret"}, []string{"x", "--password", "***"}},
		{[]string{"x", "--password=$(PW)"}, []string{"x", "--password=$(PW)"}},
		{[]string{"sh", "-ec", "x --password=$PW"}, []string{"sh", "-ec", "x --password=$PW"}},
		{[]string{"/bin/bash", "-o", "pipefail", "-c", "x -p ${PW}", "a"}, []string{"/bin/bash", "-o", "pipefail", "-c", "x -p ${PW}", "a"}},
		{nil, nil},
	} {
		before := slices.Clone(c.args)
		if got := first(Command(c.args)); !slices.Equal(got, c.want) {
			t.Errorf("%q\n got %q\nwant %q", c.args, got, c.want)
		}
		if !slices.Equal(c.args, before) {
			t.Errorf("%q has been changed to %q", before, c.args)
		}
	}
}

// TestLongTextsTakeTimeInProportion masks texts of which every part could be the beginning of the rest.
func TestLongTextsTakeTimeInProportion(t *testing.T) {
	for _, part := range []string{"a/", "an-ordinary-part-of-a-path/", "/0123456789abcdef0123456789abcdef", "a.", "basic a/", "a:", "a:a@", "@", "//a", "//a@", "//a:", "pat/", "AUTH a ", "token ", "token: ", "password:\n", "password=a&", "a&", "\"", "password \"", "name: key ", "value: a ", "é", "%41", "%25", "\\u0041", "&#65;", "\x1b[", "-----BEGIN ", "-----BEGIN RSA PRIVATE KEY-----", "-p", " -a a", "=", "sk-", "eyJ", "0123456789abcdef/"} {
		took := func(n int) time.Duration {
			text, least := strings.Repeat(part, n/len(part)), time.Hour
			for range 3 {
				began := time.Now()
				Text(text)
				if least = min(least, time.Since(began)); least < time.Second {
					break
				}
			}
			return least
		}
		// Sixteen times as much takes sixteen times as long, not 256 times; machines are busy at times.
		if small, large := took(1<<14), took(1<<18); large > 100*small+time.Second {
			t.Errorf("%q: 16 KiB take %v, 256 KiB %v", part, small, large)
		}
	}
}

func TestLongSecretsAreHiddenWhole(t *testing.T) {
	const part = "wJalrXUtnFEMIaK7MDENGbPxRfiCY3zX8mPLE9E4"
	for _, n := range []int{1, reach / len(part), 1 + reach/len(part), 100} {
		secret := strings.Repeat(part, n)
		if got, want := Text("key "+secret+" /x/y"), "key *** /x/y"; got != want {
			t.Errorf("%d bytes: %s", len(secret), got)
		}
		if got, want := Text("Basic "+secret+"=="), "Basic ***"; got != want {
			t.Errorf("%d bytes: %s", len(secret), got)
		}
	}
}

func first(masked, _ []string) []string { return masked }

func FuzzMask(f *testing.F) {
	f.Add("--password 'x' //a:b@c Authorization: Basic abc \\\"token\\\":\\\"")
	f.Add(jwt)
	f.Fuzz(func(t *testing.T, text string) {
		got := Text(text)
		if !strings.Contains(got, Hidden) && got != text {
			t.Errorf("%q became %q", text, got)
		}
		if again := Text(got); len(again) > len(got) {
			t.Errorf("%q became %q and then %q", text, got, again)
		}
		Command(strings.Split(text, " "))
	})
}

func BenchmarkMask(b *testing.B) {
	text := `Liveness probe failed: Get "http://10.244.1.5:8080/livez": dial tcp 10.244.1.5:8080: connect: connection refused`
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Text(text)
	}
}

// BenchmarkMaskStack masks a long harmless text, as a probe that fails prints one.
func BenchmarkMaskStack(b *testing.B) {
	text := strings.Repeat("\tat org.springframework.boot.SpringApplication.run(SpringApplication.java:1354)\n", 25)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Text(text)
	}
}

// BenchmarkMaskCorpus masks the samples of the corpus, most of which have secrets.
func BenchmarkMaskCorpus(b *testing.B) {
	all := samples(b)
	size := 0
	for _, s := range all {
		size += len(s.Text)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range all {
			Text(s.Text)
		}
	}
}
