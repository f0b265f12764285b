using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Baton.Cluster.Requests;

namespace Baton.Server.Rest;

/// <summary>
/// Takes fields out of a JSON object one by one, checks their types, and collects everything that is wrong, so that one reply names it all.
/// Used by one request; not thread-safe.
/// </summary>
internal sealed class FieldReader(JsonElement body)
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly List<RequestError> _errors = [];

    /// <summary>What a value is, for error texts: <c>the string "abc"</c>.</summary>
    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => $"the string \"{JsonBody.Shorten(value.GetString()!)}\"",
        JsonValueKind.Number => $"the number {JsonBody.Shorten(value.GetRawText())}",
        JsonValueKind.True or JsonValueKind.False => $"the boolean {value.GetRawText()}",
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        _ => "null",
    };

    /// <summary>True when the field is in the body; it then counts as read.</summary>
    public bool TryTake(string name, out JsonElement value)
    {
        _taken.Add(name);
        return body.TryGetProperty(name, out value);
    }

    public bool? Boolean(string name)
    {
        if (!TryTake(name, out var value))
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        WrongType(name, "a boolean", value);
        return null;
    }

    public int? Integer(string name, int min = int.MinValue, int max = int.MaxValue) => (int?)Long(name, min, max);

    public long? Long(string name, long min, long max)
    {
        if (!TryTake(name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !TryWhole(value, out var number))
        {
            WrongType(name, "an integer", value);
            return null;
        }

        if (number < min || number > max)
        {
            Fail(RequestErrorKind.Invalid, "invalid_value", $"\"{name}\" is {number}; allowed is {min} to {max}.", name);
            return null;
        }

        return number;
    }

    public string? Text(string name)
    {
        if (!TryTake(name, out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        WrongType(name, "a string", value);
        return null;
    }

    /// <summary>One of some words; the result is its index.</summary>
    public int? Choice(string name, ReadOnlySpan<string> words, string code = "invalid_value")
    {
        var text = Text(name);
        if (text is null)
        {
            return null;
        }

        var index = words.IndexOf(text);
        if (index < 0)
        {
            var expected = string.Join(", ", words!);
            Fail(
                code == "invalid_value" ? RequestErrorKind.Invalid : RequestErrorKind.NotAcceptable,
                code, $"\"{name}\" is \"{JsonBody.Shorten(text)}\"; allowed are {expected}.", name);
            return null;
        }

        return index;
    }

    /// <summary>A uid: the API writes those of shards and nodes now as numbers, now as strings, so both are read.</summary>
    public int? Uid(string name)
    {
        if (!TryTake(name, out var value))
        {
            return null;
        }

        if (TryUid(value, out var uid))
        {
            return uid;
        }

        WrongType(name, "a uid (an integer, or a string of digits)", value);
        return null;
    }

    /// <summary>An array of uids, each an integer or a string of digits.</summary>
    public ImmutableArray<int>? Uids(string name)
    {
        if (!TryTake(name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            WrongType(name, "an array of uids", value);
            return null;
        }

        var uids = ImmutableArray.CreateBuilder<int>();
        foreach (var item in value.EnumerateArray())
        {
            if (!TryUid(item, out var uid))
            {
                WrongType(name, "an array of uids (integers, or strings of digits)", item, where: " in the array");
                return null;
            }

            if (!uids.Contains(uid))
            {
                uids.Add(uid);
            }
        }

        return uids.ToImmutable();
    }

    /// <summary>
    /// What is left: documented fields are checked and returned as JSON text to be kept; a field that <paramref name="shown"/> has and that
    /// cannot be changed must be given as it is; others are unknown.
    /// </summary>
    public ImmutableSortedDictionary<string, string> Rest(
        FrozenDictionary<string, DocumentedField> documented, string what, JsonObject? shown = null)
    {
        var kept = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var bytes = 0;
        foreach (var property in body.EnumerateObject())
        {
            if (_taken.Contains(property.Name))
            {
                continue;
            }

            if (documented.TryGetValue(property.Name, out var field))
            {
                if (Fits(property, field) && !Secrets.IsGivenBack(property.Name, property.Value, shown))
                {
                    kept[property.Name] = property.Value.GetRawText();
                    bytes += property.Value.GetRawText().Length;
                }
            }
            else if (shown is not null && shown.ContainsKey(property.Name))
            {
                RequireUnchanged(property, shown[property.Name]);
            }
            else
            {
                var name = JsonBody.Shorten(property.Name);
                Fail(RequestErrorKind.Invalid, "unknown_field", $"\"{name}\" is not a field of {what}.", name);
            }
        }

        if (bytes > RestLimits.MaxKeptBytes)
        {
            Fail(RequestErrorKind.Invalid, "body_too_large",
                $"Fields that are only kept are over {RestLimits.MaxKeptBytes} bytes together.", null);
        }

        return kept.ToImmutable();
    }

    /// <summary>Every field that is left is unknown.</summary>
    public void NothingElse(string what) => Rest(FrozenDictionary<string, DocumentedField>.Empty, what);

    public void Fail(RequestErrorKind kind, string code, string message, string? field) => _errors.Add(new(kind, code, message, field));

    /// <exception cref="RestException">Something was wrong.</exception>
    public void ThrowIfWrong()
    {
        if (_errors.Count > 0)
        {
            throw new RestException(_errors);
        }
    }

    private static bool TryUid(JsonElement value, out int uid)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            return int.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out uid);
        }

        uid = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out uid) && uid >= 0;
    }

    /// <summary>Accepts 12, 12.0 and 1.2e1 as JSON does not tell them apart.</summary>
    private static bool TryWhole(JsonElement value, out long number)
    {
        if (value.TryGetInt64(out number))
        {
            return true;
        }

        const long Exact = 1L << 53;
        if (value.TryGetDouble(out var real) && double.IsInteger(real) && Math.Abs(real) <= Exact)
        {
            number = (long)real;
            return true;
        }

        return false;
    }

    private bool Fits(JsonProperty property, DocumentedField field)
    {
        var value = property.Value;
        var (fits, expected) = field.Kind switch
        {
            FieldKind.Boolean => (value.ValueKind is JsonValueKind.True or JsonValueKind.False, "a boolean"),
            FieldKind.Integer => (value.ValueKind == JsonValueKind.Number && TryWhole(value, out _), "an integer"),
            FieldKind.Number => (value.ValueKind == JsonValueKind.Number, "a number"),
            FieldKind.Text => (value.ValueKind == JsonValueKind.String, "a string"),
            FieldKind.Array => (value.ValueKind == JsonValueKind.Array, "an array"),
            FieldKind.Object => (value.ValueKind == JsonValueKind.Object, "an object"),
            _ => (true, "any value"),
        };
        if (!fits)
        {
            WrongType(property.Name, expected, value);
            return false;
        }

        if (field.Only is not null && !JsonNode.DeepEquals(JsonNode.Parse(value.GetRawText()), JsonNode.Parse(field.Only)))
        {
            Fail(
                RequestErrorKind.NotAcceptable, field.Code,
                $"\"{property.Name}\" is {Describe(value)}; Baton only has {field.Only}.", property.Name);
            return false;
        }

        return true;
    }

    private void RequireUnchanged(JsonProperty property, JsonNode? now)
    {
        if (!JsonNode.DeepEquals(JsonNode.Parse(property.Value.GetRawText()), now))
        {
            Fail(
                RequestErrorKind.NotAcceptable, "read_only_field",
                $"\"{property.Name}\" cannot be changed here: it is {now?.ToJsonString() ?? "null"}, given was {Describe(property.Value)}.",
                property.Name);
        }
    }

    private void WrongType(string name, string expected, JsonElement value, string where = "") =>
        Fail(RequestErrorKind.Invalid, "invalid_type", $"\"{name}\" must be {expected}, not {Describe(value)}{where}.", name);
}
