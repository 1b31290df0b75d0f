using System.Reflection;
using MuseumPipeline.Model;

namespace MuseumPipeline.Tests.Store;

/// <summary>Passes calls on to a part of a real store. The first call of each of these methods, which return a plain
/// <see cref="Task"/>, fails as if the connection was cut: no server can be made to cut it there.</summary>
public class CutOnce : DispatchProxy
{
    private readonly HashSet<string> methods = [];
    private object inner = new();

    public static T Over<T>(T inner, params string[] methods)
        where T : class
    {
        var proxy = Create<T, CutOnce>();
        var cut = (CutOnce)(object)proxy;
        cut.inner = inner;
        cut.methods.UnionWith(methods);
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        lock (methods)
        {
            if (methods.Remove(targetMethod!.Name))
                return Task.FromException(new TransientException("the connection was cut"));
        }

        return targetMethod.Invoke(inner, args);
    }
}
