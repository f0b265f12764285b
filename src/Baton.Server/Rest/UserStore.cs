using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Baton.Server.Rest;

/// <summary>
/// Who may use the API. Passwords are kept as salted PBKDF2 hashes in one file that only its owner can read; never as text. Thread-safe.
/// </summary>
internal sealed class UserStore : IDisposable
{
    private const int DefaultIterations = 200_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private const int MostRemembered = 4096;

    private readonly string? _path;
    private readonly int _iterations;

    /// <summary>Stands in for unknown users, so that they take as long as known ones.</summary>
    private readonly Entry _nobody;
    private readonly ConcurrentDictionary<string, Entry> _users = new(StringComparer.Ordinal);

    // Hashing is meant to be slow; a password that was right once is recognised by a keyed digest that lives in memory only.
    private readonly byte[] _digestKey = RandomNumberGenerator.GetBytes(HashBytes);
    private readonly ConcurrentDictionary<string, byte[]> _digests = new(StringComparer.Ordinal);

    /// <summary>Digests of what was guessed wrong, by name and password: a guess that is repeated is known.</summary>
    private readonly ConcurrentDictionary<string, bool> _wrong = new(StringComparer.Ordinal);

    // Wrong passwords cost a hash each.
    private readonly PasswordQueue _checks = new();

    private UserStore(string? path, int iterations)
    {
        (_path, _iterations) = (path, iterations);
        _nobody = new Entry(new byte[SaltBytes], new byte[HashBytes], iterations);
    }

    /// <summary>No user yet.</summary>
    public bool IsEmpty => _users.IsEmpty;

    /// <summary>Names, sorted.</summary>
    public IReadOnlyList<string> Names => [.. _users.Keys.Order(StringComparer.Ordinal)];

    /// <summary>A store without a file, whose hashes cost as little as is asked for.</summary>
    public static UserStore InMemory(int iterations) => new(path: null, iterations);

    /// <summary>Reads the file; empty when there is none.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public static UserStore Open(string path)
    {
        var store = new UserStore(path, DefaultIterations);
        try
        {
            if (!Path.Exists(path))
            {
                return store;
            }

            foreach (var (name, user) in JsonNode.Parse(File.ReadAllText(path))!.AsObject())
            {
                store._users[name] = Entry.Read(user!);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException or InvalidOperationException
            or ArgumentException or NullReferenceException)
        {
            store.Dispose();
            throw new InvalidDataException(
                $"{path}, the file of users, cannot be used: {Why(e)} Nothing was touched. Put it back from a copy; or move it away and start again "
                + "with --user-file (or --user NAME:PASSWORD), which makes a new one.", e);
        }

        return store;
    }

    /// <summary>Adds a user or changes its password, and saves.</summary>
    public void Set(string name, string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var user = new Entry(salt, Hash(password, salt, _iterations), _iterations);
        lock (_digestKey)
        {
            _users[name] = user;
            _digests[name] = Digest(password);
            _wrong.Clear();
        }

        Save();
    }

    /// <summary>Adds a user that is forgotten when the process ends. The secret is a random one, so its digest is enough.</summary>
    public void SetForThisRun(string name, string secret) => _digests[name] = Digest(secret);

    /// <summary>
    /// True when the password is the user's. Takes the same time for unknown users. What is known to be wrong before it is checked is checked after all
    /// others, so that guessing costs time and keeps nobody waiting.
    /// </summary>
    /// <exception cref="RestException">429: too many others from that address wait already.</exception>
    public Task<bool> VerifyAsync(string name, string password, LoginOrigin from, CancellationToken cancellationToken) =>
        IsKnown(name, password) switch
        {
            true => Task.FromResult(true),
            false => _checks.RunAsync(@from with { IsHopeless = true }, name, () => Check(name, password), cancellationToken),
            null => _checks.RunAsync(from, name, () => Check(name, password), cancellationToken),
        };

    /// <summary>How long the answer to a wrong password is held back, so that who guesses stands before others less often.</summary>
    public TimeSpan HoldBackOf(string name, LoginOrigin from) =>
        TimeSpan.FromSeconds(_checks.FailuresOf(from.Address, name) > RestLimits.MaxLoginFailures ? RestLimits.GuesserHoldSeconds : 0);

    /// <inheritdoc/>
    public void Dispose() => _checks.Dispose();

    /// <summary>Whether the password is right, as far as that is known without a hash; null = not known.</summary>
    private bool? IsKnown(string name, string password) =>
        _digests.TryGetValue(name, out var digest) ? CryptographicOperations.FixedTimeEquals(digest, Digest(password))
        : !_users.ContainsKey(name) || _wrong.ContainsKey(Guess(name, password)) ? false
        : null;

    private string Guess(string name, string password) => Convert.ToBase64String(Digest($"{name}:{password}"));

    private bool Check(string name, string password)
    {
        var known = _users.TryGetValue(name, out var user);
        user ??= _nobody;
        var equal = CryptographicOperations.FixedTimeEquals(user.Hash, Hash(password, user.Salt, user.Iterations));
        if (known)
        {
            Remember(name, password, user, equal);
        }

        return known && equal;
    }

    private void Remember(string name, string password, Entry user, bool isRight)
    {
        lock (_digestKey)
        {
            if (!ReferenceEquals(_users[name], user))
            {
                return; // The password was changed while this one was checked.
            }

            if (isRight)
            {
                _digests[name] = Digest(password);
            }
            else if (_wrong.Count < MostRemembered)
            {
                _wrong[Guess(name, password)] = true;
            }
        }
    }

    private static byte[] Hash(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), salt, iterations, HashAlgorithmName.SHA256, HashBytes);

    private byte[] Digest(string password) => HMACSHA256.HashData(_digestKey, Encoding.UTF8.GetBytes(password));

    private void Save()
    {
        if (_path is null)
        {
            return;
        }

        var users = new JsonObject();
        foreach (var (name, user) in _users.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            users[name] = new JsonObject
            {
                ["salt"] = Convert.ToBase64String(user.Salt),
                ["hash"] = Convert.ToBase64String(user.Hash),
                ["iterations"] = user.Iterations,
            };
        }

        PrivateFile.Write(_path, users.ToJsonString());
    }

    private static string Why(Exception e) => e is IOException or UnauthorizedAccessException ? e.Message : $"it is damaged ({e.Message}).";

    private sealed record Entry(byte[] Salt, byte[] Hash, int Iterations)
    {
        public static Entry Read(JsonNode user)
        {
            var read = new Entry(
                Convert.FromBase64String((string)user["salt"]!), Convert.FromBase64String((string)user["hash"]!), (int)user["iterations"]!);
            return read.Salt.Length > 0 && read.Hash.Length == HashBytes && read.Iterations > 0
                ? read
                : throw new FormatException("a user's hash is none");
        }
    }
}
