"""The training step and the sampler in JAX, each jitted whole."""
_, task, (batch, dim, hidden, layers), threads = arguments()
os.environ["JAX_PLATFORMS"] = "cpu"
if threads == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
import jax
import jax.numpy as jnp

RATE, BETA1, BETA2, EPSILON, STEPS = 1e-3, 0.9, 0.999, 1e-8, 100


def init(key):
    widths = [dim + 1] + [hidden] * layers + [dim]
    keys = jax.random.split(key, len(widths) - 1)
    return [(jax.random.normal(k, (m, n)) / m**0.5, jnp.zeros(n)) for k, m, n in zip(keys, widths, widths[1:])]


def velocity(params, x, t):
    h = jnp.concatenate([x, t], axis=-1)
    for weight, bias in params[:-1]:
        h = jax.nn.silu(h @ weight + bias)
    weight, bias = params[-1]
    return h @ weight + bias


def loss_of(params, key, x1):
    noise, times = jax.random.split(key)
    x0 = jax.random.normal(noise, x1.shape)
    t = jax.random.uniform(times, (batch, 1))
    return jnp.mean((velocity(params, (1 - t) * x0 + t * x1, t) - (x1 - x0)) ** 2)


@jax.jit
def train_step(state, x1):
    params, m, v, count, key = state
    key, draw = jax.random.split(key)
    loss, grads = jax.value_and_grad(loss_of)(params, draw, x1)
    count = count + 1
    m = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, m, grads)
    v = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, v, grads)
    root = jnp.sqrt(1 - BETA2**count)
    rate = RATE / (1 - BETA1**count)
    params = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) / root + EPSILON), params, m, v)
    return (params, m, v, count, key), loss


@jax.jit
def sample(params, key):
    def euler(i, x):
        return x + velocity(params, x, jnp.full((batch, 1), i / STEPS)) / STEPS

    return jax.lax.fori_loop(0, STEPS, euler, jax.random.normal(key, (batch, dim)))


params = init(jax.random.key(0))
zeros = jax.tree.map(jnp.zeros_like, params)
state = (params, zeros, zeros, jnp.float32(0), jax.random.key(1))
x1 = jax.random.normal(jax.random.key(2), (batch, dim))


def run_steps(calls):
    global state
    for _ in range(calls):
        state, loss = train_step(state, x1)
    loss.block_until_ready()


def run_samples(calls):
    for _ in range(calls):
        sample(params, state[-1]).block_until_ready()


serve(run_steps if task == "step" else run_samples)
